using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

public sealed partial class SqlParser
{
    private bool AtQuery()
    {
        var at = _at;
        while (_tokens[at].IsSymbol("("))
            at++;
        var token = _tokens[at];
        return token.IsWord("select") || token.IsWord("with") || token.IsWord("values")
            || (token.IsWord("from") && _dialect is SqlDialect.DuckDb);
    }

    private Query ParseQuery()
    {
        EnterNesting();
        EquatableList<CommonTable> tables = [];
        var recursive = false;
        if (TryWord("with"))
        {
            recursive = TryWord("recursive");
            tables = ParseList(ParseCommonTable);
        }

        var query = ParseQueryTail(ParseSetOperation(0)) with { CommonTables = tables, IsRecursive = recursive };
        _nesting--;
        return query;
    }

    private CommonTable ParseCommonTable()
    {
        var offset = Current.Offset;
        var name = ExpectName("the name of a common table");
        EquatableList<string> columns = [];
        if (TrySymbol("("))
        {
            columns = ParseList(() => ExpectName("a column name"));
            ExpectSymbol(")");
        }

        ExpectWord("as");
        if (TryWord("not"))
            ExpectWord("materialized");
        else
            TryWord("materialized");
        ExpectSymbol("(");
        if (!AtQuery())
            throw Error("NOT_A_SELECT", Current.Offset, $"a common table must be a SELECT, found {Describe(Current)}.");
        var query = ParseQuery();
        ExpectSymbol(")");
        return new(name, columns, query) { Offset = offset };
    }

    /// <summary>Reads set operations. INTERSECT binds tighter, except on SQLite, where all bind alike, from the left.</summary>
    private QueryBody ParseSetOperation(int minimum)
    {
        var left = ParseQueryOperand();
        while (true)
        {
            var offset = Current.Offset;
            var level = Current.IsWord("intersect") && _dialect is not SqlDialect.Sqlite ? 1 : 0;
            SetOperator? kind = Current.IsWord("union") ? SetOperator.Union
                : Current.IsWord("intersect") ? SetOperator.Intersect
                : Current.IsWord("except") ? SetOperator.Except : null;
            if (kind is null || level < minimum)
                return left;
            _at++;
            CountOperator();
            var all = TryWord("all");
            if (!all)
                TryWord("distinct");
            if (Current.IsWord("by"))
                throw Unsupported("set operations BY NAME are not accepted");
            left = new SetOperation(kind.Value, all, Settle(left), Settle(ParseSetOperation(level + 1))) { Offset = offset };
        }
    }

    private static QueryBody Settle(QueryBody operand) =>
        operand is NestedQuery { Query.IsTop: true } nested ? nested with { Query = nested.Query with { IsTop = false } } : operand;

    private QueryBody ParseQueryOperand()
    {
        if (TrySymbol("("))
        {
            if (!AtQuery())
                throw Unexpected("SELECT", "SELECT");
            var nested = ParseQuery();
            ExpectSymbol(")");
            return ToOperand(nested);
        }

        if (Current.IsWord("values"))
            return ParseValues();
        return ParseSelect();
    }

    private static QueryBody ToOperand(Query query) => query.IsPlain ? query.Body : new NestedQuery(query);

    private ValuesBody ParseValues()
    {
        var offset = Current.Offset;
        ExpectWord("values");
        return new(ParseList(() =>
        {
            if (_dialect is SqlDialect.MySql)
                TryWord("row");
            ExpectSymbol("(");
            var row = new RowExpression(ParseList(ParseExpression));
            ExpectSymbol(")");
            return row;
        }))
        { Offset = offset };
    }

    private Query ParseQueryTail(QueryBody body)
    {
        var top = body is NestedQuery { Query: { CommonTables.Count: 0, OrderBy.Count: 0, IsTop: true } } nested ? nested.Query : null;
        var query = top is null ? new Query(body) { Offset = body.Offset } : top with { IsTop = false };
        if (TryWords("order", "by"))
        {
            query = _dialect is SqlDialect.DuckDb && TryWord("all")
                ? query with { OrderByAll = true }
                : query with { OrderBy = ParseList(ParseOrderItem) };
        }

        query = ParseBounds(query);
        RefuseTrailingClauses();
        return query;
    }

    private Query ParseBounds(Query query)
    {
        if (!IsDialect(SqlDialect.SqlServer) && TryWord("limit"))
        {
            if (TryWord("all"))
                return TryWord("offset") ? query with { Skip = ParseExpression() } : query;
            query = query with { Limit = ParseExpression() };
            if (Current.IsSymbol("%") || Current.IsWord("percent"))
                throw Unsupported("a limit in percent is not accepted");
            if (TryWord("offset"))
                query = query with { Skip = ParseExpression() };
            else if (IsDialect(SqlDialect.Sqlite, SqlDialect.MySql) && TrySymbol(","))
                query = query with { Skip = query.Limit, Limit = ParseExpression() };
            return query;
        }

        if (!IsDialect(SqlDialect.Sqlite, SqlDialect.MySql) && TryWord("offset"))
        {
            query = query with { Skip = ParseExpression() };
            if (!TryWord("rows"))
                TryWord("row");
            if (_dialect is not SqlDialect.SqlServer && TryWord("limit"))
                return query with { Limit = ParseExpression() };
        }

        if (IsDialect(SqlDialect.Postgres, SqlDialect.SqlServer, SqlDialect.DuckDb) && TryWord("fetch"))
        {
            if (!TryWord("first"))
                ExpectWord("next");
            Expression count = Current.IsWord("row") || Current.IsWord("rows") ? new NumberLiteral("1") : ParseExpression();
            if (!TryWord("rows"))
                ExpectWord("row");
            if (TryWords("with", "ties"))
                query = query with { WithTies = true };
            else
                ExpectWord("only");
            query = query with { Limit = count };
        }

        return query;
    }

    private void RefuseTrailingClauses()
    {
        if (Current.IsWord("for") || Current.IsWord("lock"))
            throw Unsupported("locks and FOR clauses are not accepted");
        if (Current.IsWord("into"))
            throw Unsupported("INTO writes and is not accepted");
        if (Current.IsWord("option"))
            throw Unsupported("query hints are not accepted");
    }

    private OrderItem ParseOrderItem()
    {
        var offset = Current.Offset;
        var expression = ParseExpression();
        var descending = TryWord("desc");
        if (!descending)
            TryWord("asc");
        bool? nullsFirst = null;
        if (TryWord("nulls"))
        {
            nullsFirst = TryWord("first");
            if (nullsFirst is false)
                ExpectWord("last");
        }

        return new(expression, descending, nullsFirst) { Offset = offset };
    }

    private QueryBody ParseSelect()
    {
        var offset = Current.Offset;
        EquatableList<TableSource> from = [];
        var fromFirst = _dialect is SqlDialect.DuckDb && TryWord("from");
        if (fromFirst)
            from = ParseList(ParseTableSource);
        SelectBody select;
        Expression? top = null;
        var ties = false;
        if (!fromFirst || Current.IsWord("select"))
        {
            ExpectWord("select");
            var distinct = TryWord("distinct");
            if (!distinct)
                TryWord("all");
            EquatableList<Expression> distinctOn = [];
            if (distinct && IsDialect(SqlDialect.Postgres, SqlDialect.DuckDb) && TryWord("on"))
            {
                distinct = false;
                ExpectSymbol("(");
                distinctOn = ParseList(ParseExpression);
                ExpectSymbol(")");
            }

            (top, ties) = ParseTop();
            select = new(ParseList(ParseSelectItem)) { Distinct = distinct, DistinctOn = distinctOn, Offset = offset };
        }
        else
        {
            select = new([new StarItem()]) { Offset = offset };
        }

        if (Current.IsWord("into"))
            throw Unsupported("INTO writes and is not accepted");
        if (!fromFirst && TryWord("from"))
            from = ParseList(ParseTableSource);
        select = ParseSelectClauses(select with { From = from });
        return top is null ? select : new NestedQuery(new Query(select) { Limit = top, WithTies = ties, IsTop = true, Offset = offset });
    }

    private SelectBody ParseSelectClauses(SelectBody select)
    {
        if (TryWord("where"))
            select = select with { Where = ParseExpression() };
        if (TryWords("group", "by"))
        {
            select = Current.IsWord("all") && _dialect is SqlDialect.DuckDb
                ? select with { GroupByAll = TryWord("all") }
                : select with { GroupBy = ParseList(ParseExpression) };
            if (_dialect is SqlDialect.MySql && TryWords("with", "rollup"))
                select = select with { GroupBy = [new FunctionCall("rollup", select.GroupBy)] };
            if (Current.IsWord("with"))
                throw Unsupported("GROUP BY … WITH is not accepted");
        }

        if (TryWord("having"))
            select = select with { Having = ParseExpression() };
        if (TryWord("window"))
        {
            select = select with
            {
                Windows = ParseList(() =>
                {
                    var name = ExpectName("a window name");
                    ExpectWord("as");
                    return new NamedWindow(name, ParseWindowSpecification());
                }),
            };
        }

        return _dialect is SqlDialect.DuckDb && TryWord("qualify") ? select with { Qualify = ParseExpression() } : select;
    }

    private (Expression? Top, bool Ties) ParseTop()
    {
        if (_dialect is not SqlDialect.SqlServer || !TryWord("top"))
            return (null, false);
        Expression top;
        if (TrySymbol("("))
        {
            top = ParseExpression();
            ExpectSymbol(")");
        }
        else
        {
            top = Current.Kind is TokenKind.Number or TokenKind.Parameter ? ParsePrimary() : throw Unexpected("a number after TOP");
        }

        if (Current.IsWord("percent"))
            throw Unsupported("TOP … PERCENT is not accepted");
        return (top, TryWords("with", "ties"));
    }

    private SelectItem ParseSelectItem()
    {
        var offset = Current.Offset;
        if (TrySymbol("*"))
            return new StarItem { Offset = offset };
        if (Current.Kind is TokenKind.Word or TokenKind.QuotedName && Ahead().IsSymbol("."))
        {
            // schema.table.* names the same table as table.*
            var skip = Ahead(3).IsSymbol(".") ? 2 : 0;
            if (Ahead(2 + skip).IsSymbol("*"))
            {
                if (skip > 0)
                    throw Unsupported("write table.* without a schema before it");
                var table = ExpectName("a table name");
                _at += 2;
                return new StarItem(table) { Offset = offset };
            }
        }

        // T-SQL's "alias = expression".
        if (_dialect is SqlDialect.SqlServer && Ahead().IsSymbol("=")
            && (Current.Kind is TokenKind.QuotedName || (Current.Kind is TokenKind.Word && !SqlKeywords.IsReserved(Current.Value, _dialect))))
        {
            var name = ExpectName("an alias");
            _at++;
            return new ExpressionItem(ParseExpression(), name) { Offset = offset };
        }

        var expression = ParseExpression();
        return new ExpressionItem(expression, ParseAlias(mayBeString: true)) { Offset = offset };
    }

    /// <summary>Reads <c>AS name</c>, or a bare name that cannot be the beginning of something else.</summary>
    private string? ParseAlias(bool mayBeString = false)
    {
        if (TryWord("as"))
        {
            var token = Current;
            if (token.Kind is TokenKind.QuotedName || (token.Kind is TokenKind.Word && !SqlKeywords.IsCommon(token.Value))
                || (token.Kind is TokenKind.String && mayBeString && _dialect is not SqlDialect.Postgres && token.Value.Length > 0))
            {
                return TakeName();
            }

            throw Unexpected("an alias");
        }

        if (Current.Kind is TokenKind.QuotedName || (Current.Kind is TokenKind.Word && SqlKeywords.MayBeBareAlias(Current.Value, _dialect)))
        {
            return TakeName();
        }

        return null;
    }
}
