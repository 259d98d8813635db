using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

public sealed partial class SqlParser
{
    private Expression ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _at++;
                return new NumberLiteral(token.Value) { Offset = token.Offset };
            case TokenKind.String:
                _at++;
                return Current.Kind is TokenKind.String
                    ? throw Unexpected("an operator between two strings")
                    : new StringLiteral(token.Value) { Offset = token.Offset };
            case TokenKind.Blob:
                _at++;
                return new BlobLiteral(token.Value) { Offset = token.Offset };
            case TokenKind.Parameter:
                _at++;
                return new ParameterExpression(token.Value) { Offset = token.Offset };
            case TokenKind.Symbol when token.Value is "(":
                return ParseParenthesized();
            case TokenKind.QuotedName:
                return ParseColumn();
            case TokenKind.Word:
                return ParseWord(token) ?? ParseColumn();
            default:
                throw Unexpected("an expression");
        }
    }

    private Expression ParseParenthesized()
    {
        var offset = Current.Offset;
        ExpectSymbol("(");
        if (AtQuery() && !Current.IsSymbol("("))
        {
            var query = ParseQuery();
            ExpectSymbol(")");
            return new SubqueryExpression(query) { Offset = offset };
        }

        var items = ParseList(ParseExpression);
        if (items is [SubqueryExpression first] && ContinuesQuery())
            return ContinueQuery(first, offset);
        ExpectSymbol(")");
        if (items is [FunctionCall { Name: "array_agg", Over: null } all] && TrySymbol("["))
        {
            // (array_agg(x))[1] is how PostgreSQL before 16 writes any_value(x).
            if (Current is not { Kind: TokenKind.Number, Value: "1" })
                throw Unexpected("1");
            _at++;
            ExpectSymbol("]");
            return all with { Name = "any_value", Offset = offset };
        }

        return items.Count is 1 ? items[0] : new RowExpression(items) { Offset = offset };
    }

    private bool ContinuesQuery() => Current.IsWord("union", "intersect", "except", "order", "limit", "offset", "fetch");

    /// <summary>What looked like a value, <c>((SELECT …)</c>, goes on as a query: <c>UNION …)</c>.</summary>
    private SubqueryExpression ContinueQuery(SubqueryExpression first, int offset)
    {
        var body = ToOperand(first.Query);
        while (Current.IsWord("union", "intersect", "except"))
        {
            var kind = Current.IsWord("union") ? SetOperator.Union : Current.IsWord("intersect") ? SetOperator.Intersect : SetOperator.Except;
            var level = kind is SetOperator.Intersect && _dialect is not SqlDialect.Sqlite ? 1 : 0;
            _at++;
            CountOperator();
            var all = TryWord("all");
            if (!all)
                TryWord("distinct");
            body = new SetOperation(kind, all, Settle(body), Settle(ParseSetOperation(level + 1)));
        }

        var query = ParseQueryTail(body);
        ExpectSymbol(")");
        return new(query) { Offset = offset };
    }

    private ColumnReference ParseColumn()
    {
        var first = Current;
        if (_dialect is SqlDialect.Sqlite && first.IsDoubleQuoted && !Ahead().IsSymbol(".") && !first.Value.Any(SqlCharacters.IsInvisible))
            return Take(new ColumnReference(first.Value) { Offset = first.Offset, IsDoubleQuoted = true });
        var name = ExpectName("an expression");
        if (!TrySymbol("."))
            return new(name) { Offset = first.Offset, IsDoubleQuoted = first.IsDoubleQuoted };
        var second = ExpectName("a column name");
        if (!TrySymbol("."))
            return new(second, name) { Offset = first.Offset };
        var third = ExpectName("a column name");
        return Current.IsSymbol(".")
            ? throw Unsupported("a column name has at most a schema and a table before it")
            : new(third, second, name) { Offset = first.Offset };
    }

    /// <summary>Reads what begins with a word other than a column; null where the word is a name.</summary>
    private Expression? ParseWord(SqlToken token)
    {
        var next = Ahead();
        if (next.IsSymbol("("))
            return ParseCallLike(token);
        if (token.IsWord("case"))
            return ParseCase();
        if (token.IsWord("exists", "cast", "extract", "any", "some"))
            throw Unexpected("an expression");
        if (token.IsWord("null"))
            return Take(new NullLiteral { Offset = token.Offset });
        if (_dialect is not SqlDialect.SqlServer && token.IsWord("true", "false"))
            return Take(new BooleanLiteral(token.IsWord("true")) { Offset = token.Offset });
        if (next.Kind is TokenKind.String && token.IsWord("date", "time", "timestamp") && _dialect is not (SqlDialect.Sqlite or SqlDialect.SqlServer))
        {
            _at++;
            var kind = token.IsWord("date") ? TemporalKind.Date : token.IsWord("time") ? TemporalKind.Time : TemporalKind.Timestamp;
            return Take(new TemporalLiteral(kind, next.Value) { Offset = token.Offset });
        }

        if (token.IsWord("interval") && IsDialect(SqlDialect.Postgres, SqlDialect.MySql, SqlDialect.DuckDb))
            return ParseInterval();
        if (token.IsWord("current_date", "current_time", "current_timestamp"))
            return Take(new FunctionCall(token.Value.ToLowerInvariant(), []) { Offset = token.Offset });
        return null;
    }

    private T Take<T>(T expression)
    {
        _at++;
        return expression;
    }

    private Expression ParseCallLike(SqlToken token)
    {
        switch (token.Value.ToLowerInvariant())
        {
            case "exists":
                _at += 2;
                if (!AtQuery())
                    throw Unexpected("SELECT", "SELECT");
                var query = ParseQuery();
                ExpectSymbol(")");
                return new ExistsExpression(query) { Offset = token.Offset };
            case "cast" or "try_cast":
                return ParseCast(isTry: token.IsWord("try_cast"));
            case "extract":
                return ParseExtract();
            case "case":
                return ParseCase();
            case "interval":
                return ParseInterval();
            case "row" when _dialect is SqlDialect.Postgres or SqlDialect.DuckDb:
                throw Unsupported("ROW(…) is not accepted; write the values in parentheses");
            case "not" or "select" or "in" or "and" or "or" or "when" or "then" or "else" or "from" or "where" or "values" or "any" or "some" or "all":
                throw Unexpected("an expression");
            default:
                return ParseFunction(token);
        }
    }

    private CaseExpression ParseCase()
    {
        var offset = Current.Offset;
        ExpectWord("case");
        var operand = Current.IsWord("when") ? null : ParseExpression();
        var branches = new List<CaseBranch>();
        while (TryWord("when"))
        {
            var condition = ParseExpression();
            ExpectWord("then");
            branches.Add(new(condition, ParseExpression()));
        }

        if (branches.Count is 0)
            throw Unexpected("WHEN", "WHEN");
        var otherwise = TryWord("else") ? ParseExpression() : null;
        ExpectWord("end");
        return new(operand, branches.ToEquatableList(), otherwise) { Offset = offset };
    }

    private CastExpression ParseCast(bool isTry)
    {
        var offset = Current.Offset;
        if (isTry && !IsDialect(SqlDialect.SqlServer, SqlDialect.DuckDb))
            throw Unsupported("TRY_CAST does not exist in this dialect");
        _at += 2;
        var operand = ParseExpression();
        ExpectWord("as");
        var type = ParseTypeName();
        ExpectSymbol(")");
        return new(operand, type, isTry) { Offset = offset };
    }

    private ExtractExpression ParseExtract()
    {
        var offset = Current.Offset;
        if (IsDialect(SqlDialect.Sqlite, SqlDialect.SqlServer))
            throw Unsupported("EXTRACT does not exist in this dialect");
        _at += 2;
        var part = ParseDatePart();
        ExpectWord("from");
        var operand = ParseExpression();
        ExpectSymbol(")");
        return new(part, operand) { Offset = offset };
    }

    private DatePart ParseDatePart()
    {
        var token = Current;
        if (token.Kind is TokenKind.Word or TokenKind.String && SqlDateParts.TryParse(token.Value, _dialect) is { } part)
        {
            _at++;
            return part;
        }

        throw Unexpected("a part of a date such as YEAR, MONTH or DAY", "YEAR", "MONTH", "DAY", "QUARTER", "HOUR");
    }

    /// <summary>Reads <c>INTERVAL '3 days'</c>, <c>INTERVAL '3' DAY</c> and <c>INTERVAL n DAY</c>.</summary>
    private Expression ParseInterval()
    {
        var offset = Current.Offset;
        ExpectWord("interval");
        if (Current.Kind is TokenKind.String && Ahead() is var next && (next.Kind is not TokenKind.Word || SqlDateParts.TryParse(next.Value, _dialect) is null))
        {
            var text = Current;
            return SqlDateParts.ParseInterval(text.Value) is { } interval
                ? Take(interval with { Offset = offset })
                : throw Unexpected("an interval such as '3 days'");
        }

        var amount = Current.Kind is TokenKind.String && SqlDateParts.IsNumber(Current.Value)
            ? Take<Expression>(new NumberLiteral(Current.Value))
            : ParseExpression(SqlPrecedence.Unary);
        return new IntervalExpression(amount, ParseDatePart()) { Offset = offset };
    }

    private SqlTypeName ParseTypeName()
    {
        var token = Current;
        if (token.Kind is not TokenKind.Word)
            throw Unexpected("a type");
        _at++;
        var name = token.Value.ToLowerInvariant();
        if (name is "double" && TryWord("precision"))
            name = "double";
        else if (name is "character" && TryWord("varying"))
            name = "varchar";
        else if (name is "unsigned" or "signed" && _dialect is SqlDialect.MySql)
            TryWord("integer");
        var arguments = new List<int>();
        if (TrySymbol("("))
        {
            do
            {
                var size = Current;
                if (size.IsWord("max") && _dialect is SqlDialect.SqlServer)
                {
                    _at++;
                    break;
                }

                if (size.Kind is not TokenKind.Number || !int.TryParse(size.Value, out var value) || value > 65535)
                    throw Unexpected("a size of at most 65535");
                _at++;
                arguments.Add(value);
            }
            while (arguments.Count < 2 && TrySymbol(","));
            ExpectSymbol(")");
        }

        var suffix = TryWord("with") ? "tz" : TryWord("without") ? "" : null;
        if (suffix is not null)
        {
            ExpectWord("time");
            ExpectWord("zone");
            name += suffix;
        }

        return SqlTypes.TryRead(name, arguments, _dialect) is { } type
            ? type with { Offset = token.Offset }
            : throw Error("SQL_SYNTAX", token.Offset, $"the type {name} is not known.");
    }
}
