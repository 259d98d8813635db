using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

public sealed partial class SqlParser
{
    private TableSource ParseTableSource()
    {
        var left = ParseTablePrimary();
        while (true)
        {
            var offset = Current.Offset;
            if (_dialect is SqlDialect.SqlServer && Current.IsWord("cross", "outer") && Ahead().IsWord("apply"))
            {
                var outer = Current.IsWord("outer");
                _at += 2;
                CountOperator();
                if (ParseTablePrimary() is not DerivedTable applied)
                    throw Unsupported("APPLY takes a query in parentheses");
                applied = applied with { Lateral = true };
                left = outer
                    ? new JoinedTable(JoinKind.Left, left, applied, new BooleanLiteral(true)) { Offset = offset }
                    : new JoinedTable(JoinKind.Cross, left, applied) { Offset = offset };
                continue;
            }

            var natural = _dialect is not SqlDialect.SqlServer && TryWord("natural");
            var kind = ParseJoinKind();
            if (kind is null)
                return natural ? throw Unexpected("JOIN", "JOIN") : left;
            CountOperator();
            var right = ParseTablePrimary();
            var join = new JoinedTable(kind.Value, left, right) { Natural = natural, Offset = offset };
            if (!natural && TryWord("on"))
                join = join with { On = ParseExpression() };
            else if (!natural && _dialect is not SqlDialect.SqlServer && TryWord("using"))
                join = join with { Using = ParseNameList() };
            else if (!natural && kind is JoinKind.Inner && IsDialect(SqlDialect.Sqlite, SqlDialect.MySql))
                join = join with { Kind = JoinKind.Cross };
            else if (!natural && kind is not JoinKind.Cross)
                throw Unexpected("ON", "ON");
            if (join is { Kind: JoinKind.Cross } && (join.On is not null || join.Using.Count > 0))
                join = IsDialect(SqlDialect.Sqlite, SqlDialect.MySql) ? join with { Kind = JoinKind.Inner } : throw Unsupported("a CROSS JOIN has no condition");
            left = join;
        }
    }

    private JoinKind? ParseJoinKind()
    {
        if (TryWord("join"))
            return JoinKind.Inner;
        JoinKind? kind = Current.IsWord("inner") ? JoinKind.Inner
            : Current.IsWord("cross") ? JoinKind.Cross
            : Current.IsWord("left") ? JoinKind.Left
            : Current.IsWord("right") ? JoinKind.Right
            : Current.IsWord("full") ? JoinKind.Full : null;
        if (kind is null)
            return null;
        _at++;
        if (kind is JoinKind.Left or JoinKind.Right or JoinKind.Full)
            TryWord("outer");
        if (_dialect is SqlDialect.SqlServer && Current.IsWord("hash", "loop", "merge", "remote"))
            throw Unsupported("join hints are not accepted");
        ExpectWord("join");
        return kind;
    }

    private EquatableList<string> ParseNameList()
    {
        ExpectSymbol("(");
        var names = ParseList(() => ExpectName("a column name"));
        ExpectSymbol(")");
        return names;
    }

    private TableSource ParseTablePrimary()
    {
        var offset = Current.Offset;
        var lateral = TryWord("lateral");
        if (TrySymbol("("))
        {
            EnterNesting();
            TableSource source;
            if (AtQuery() && !StartsJoinInParentheses())
            {
                var query = ParseQuery();
                ExpectSymbol(")");
                var alias = ParseAlias();
                var columns = alias is not null && Current.IsSymbol("(") ? ParseNameList() : [];
                source = new DerivedTable(query, alias) { Columns = columns, Lateral = lateral, Offset = offset };
            }
            else
            {
                source = ParseTableSource();
                ExpectSymbol(")");
            }

            _nesting--;
            return source;
        }

        if (lateral)
            throw Unexpected("a query in parentheses after LATERAL");
        if (Current.Kind is TokenKind.String)
            throw Unsupported("a string is not a table: files are not read");
        return ParseTableReference(offset);
    }

    /// <summary>Gets whether what follows is <c>((SELECT …) AS a JOIN …)</c>: a join in parentheses that begins with a derived table.</summary>
    private bool StartsJoinInParentheses()
    {
        if (!Current.IsSymbol("("))
            return false;
        var depth = 0;
        for (var at = _at; at < _tokens.Count; at++)
        {
            if (_tokens[at].IsSymbol("("))
                depth++;
            else if (_tokens[at].IsSymbol(")") && --depth is 0)
                return _tokens[at + 1] is var next && next.Kind is TokenKind.Word or TokenKind.QuotedName && !next.IsWord("union", "intersect", "except", "order", "limit", "offset", "fetch");
        }

        return false;
    }

    private TableReference ParseTableReference(int offset)
    {
        var name = ExpectName("a table name");
        string? schema = null;
        if (TrySymbol("."))
        {
            schema = name;
            name = ExpectName("a table name");
            if (Current.IsSymbol("."))
                throw Unsupported("tables of other databases are not read: a table name has at most a schema before it");
        }

        if (Current.IsSymbol("("))
            throw Unsupported("functions in FROM are not accepted");
        var alias = ParseAlias();
        if (Current.IsSymbol("("))
            throw Unsupported(alias is null ? "functions in FROM are not accepted" : "a table takes no column list here");
        if (_dialect is SqlDialect.SqlServer && Current.IsWord("with") && Ahead().IsSymbol("("))
            SkipNoLockHint();
        return new(name, alias, schema) { Offset = offset };
    }

    /// <summary>Drops <c>WITH (NOLOCK)</c>, which models write by habit; the statement reads committed rows instead.</summary>
    private void SkipNoLockHint()
    {
        _at += 2;
        if (!TryWord("nolock") || !TrySymbol(")"))
            throw Unsupported("table hints are not accepted");
    }
}
