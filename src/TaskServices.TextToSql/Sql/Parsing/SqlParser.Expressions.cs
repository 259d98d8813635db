using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

public sealed partial class SqlParser
{
    private Expression ParseExpression() => ParseExpression(0);

    private Expression ParseExpression(int minimum)
    {
        EnterNesting();
        var left = ParsePrefix(minimum);
        while (TryParseOperator(left, minimum) is { } wider)
        {
            CountOperator();
            left = wider;
        }

        _nesting--;
        return left;
    }

    private Expression ParsePrefix(int minimum)
    {
        var offset = Current.Offset;
        if (minimum <= SqlPrecedence.Not && Current.IsWord("not"))
        {
            _at++;
            CountOperator();
            return new UnaryExpression(UnaryOperator.Not, ParseExpression(SqlPrecedence.Not)) { Offset = offset };
        }

        UnaryOperator? op = Current.IsSymbol("-") ? UnaryOperator.Negate
            : Current.IsSymbol("+") ? UnaryOperator.Plus
            : Current.IsSymbol("~") ? UnaryOperator.BitNot : null;
        if (op is null)
            return ParsePrimary();
        _at++;
        CountOperator();
        return new UnaryExpression(op.Value, ParseExpression(SqlPrecedence.Unary)) { Offset = offset };
    }

    /// <summary>Reads an operator and what follows it; null where no operator of at least the precedence follows.</summary>
    private Expression? TryParseOperator(Expression left, int minimum)
    {
        var offset = Current.Offset;
        if (Current.Kind is not (TokenKind.Word or TokenKind.Symbol))
            return null;
        if (TryBinaryOperator() is var (op, tokens))
        {
            var precedence = SqlPrecedence.Of(op, _dialect);
            if (precedence < minimum)
                return null;
            _at += tokens;
            if (precedence is SqlPrecedence.Comparison or 6 && Current.IsWord("any", "all", "some") && Ahead().IsSymbol("("))
                return ParseQuantified(left, op) with { Offset = offset };
            var right = ParseExpression(precedence + 1);
            return ToBinary(op, left, right) with { Offset = offset };
        }

        return TryParseIs(left, minimum) ?? TryParsePredicate(left, minimum) ?? TryParsePostfix(left, minimum);
    }

    private BinaryExpression ToBinary(BinaryOperator op, Expression left, Expression right)
    {
        // T-SQL concatenates with +; one string operand makes the meaning certain.
        var isText = _dialect is SqlDialect.SqlServer && op is BinaryOperator.Add && (IsText(left) || IsText(right));
        return new BinaryExpression(isText ? BinaryOperator.Concat : op, left, right);
    }

    private static bool IsText(Expression expression) => expression is StringLiteral or BinaryExpression { Operator: BinaryOperator.Concat }
        or CastExpression { Type.Name: "text" or "varchar" or "nvarchar" or "char" };

    private (BinaryOperator Operator, int Tokens)? TryBinaryOperator()
    {
        var token = Current;
        if (token.Kind is TokenKind.Word)
        {
            return token.IsWord("and") ? (BinaryOperator.And, 1)
                : token.IsWord("or") ? (BinaryOperator.Or, 1)
                : _dialect is SqlDialect.MySql && token.IsWord("div") ? (BinaryOperator.DivideIntegers, 1)
                : _dialect is SqlDialect.MySql && token.IsWord("mod") ? (BinaryOperator.Modulo, 1)
                : null;
        }

        return token.Value switch
        {
            "=" => (BinaryOperator.Equal, 1),
            "==" when IsDialect(SqlDialect.Sqlite, SqlDialect.DuckDb) => (BinaryOperator.Equal, 1),
            "<>" or "!=" => (BinaryOperator.NotEqual, 1),
            "<" => (BinaryOperator.Less, 1),
            "<=" => (BinaryOperator.LessOrEqual, 1),
            ">" => (BinaryOperator.Greater, 1),
            ">=" => (BinaryOperator.GreaterOrEqual, 1),
            "+" => (BinaryOperator.Add, 1),
            "-" => (BinaryOperator.Subtract, 1),
            "*" => (BinaryOperator.Multiply, 1),
            "/" => (BinaryOperator.Divide, 1),
            "//" when _dialect is SqlDialect.DuckDb => (BinaryOperator.DivideIntegers, 1),
            "%" => (BinaryOperator.Modulo, 1),
            "&" => (BinaryOperator.BitAnd, 1),
            "|" => (BinaryOperator.BitOr, 1),
            "<<" when _dialect is not SqlDialect.SqlServer => (BinaryOperator.ShiftLeft, 1),
            ">>" when _dialect is not SqlDialect.SqlServer => (BinaryOperator.ShiftRight, 1),
            "||" when _dialect is SqlDialect.MySql => (BinaryOperator.Or, 1),
            "||" when _dialect is not SqlDialect.SqlServer => (BinaryOperator.Concat, 1),
            "->" when _dialect is not SqlDialect.SqlServer => (BinaryOperator.JsonGet, 1),
            "->>" when _dialect is not SqlDialect.SqlServer => (BinaryOperator.JsonGetText, 1),
            _ => null,
        };
    }

    private Expression ParseQuantified(Expression left, BinaryOperator op)
    {
        var all = Current.IsWord("all");
        _at += 2;
        if (_dialect is SqlDialect.Postgres && op == (all ? BinaryOperator.NotEqual : BinaryOperator.Equal) && Current.IsWord("array") && Ahead().IsSymbol("["))
        {
            // = ANY (ARRAY[…]) is IN, <> ALL (ARRAY[…]) is NOT IN.
            _at += 2;
            var items = ParseList(ParseExpression);
            ExpectSymbol("]");
            ExpectSymbol(")");
            return new InListExpression(left, items, Negated: all);
        }

        if (!AtQuery())
            throw Unexpected("SELECT", "SELECT");
        var query = ParseQuery();
        ExpectSymbol(")");
        return new QuantifiedExpression(left, op, all, query);
    }

    private Expression? TryParseIs(Expression left, int minimum)
    {
        var offset = Current.Offset;
        if (Current.IsSymbol("<=>") && _dialect is SqlDialect.MySql && minimum <= SqlPrecedence.Comparison)
        {
            _at++;
            return new IsDistinctExpression(left, ParseExpression(SqlPrecedence.Comparison + 1), Negated: true) { Offset = offset };
        }

        var precedence = SqlPrecedence.Is(_dialect);
        if (precedence < minimum)
            return null;
        if (IsDialect(SqlDialect.Sqlite, SqlDialect.Postgres, SqlDialect.DuckDb))
        {
            if (TryWord("isnull"))
                return new IsNullExpression(left) { Offset = offset };
            if (TryWord("notnull") || (_dialect is SqlDialect.Sqlite && TryWords("not", "null")))
                return new IsNullExpression(left, Negated: true) { Offset = offset };
        }

        if (!TryWord("is"))
            return null;
        var negated = TryWord("not");
        if (TryWord("null") || (IsDialect(SqlDialect.Postgres, SqlDialect.MySql) && TryWord("unknown")))
            return new IsNullExpression(left, negated) { Offset = offset };
        if (_dialect is not SqlDialect.SqlServer && Current.IsWord("true", "false"))
            return new IsTruthExpression(left, TryWord("true") || !TryWord("false"), negated) { Offset = offset };
        if (_dialect is not SqlDialect.MySql && TryWords("distinct", "from"))
            return new IsDistinctExpression(left, ParseExpression(precedence + 1), negated) { Offset = offset };
        return _dialect is SqlDialect.Sqlite
            ? new IsDistinctExpression(left, ParseExpression(precedence + 1), !negated) { Offset = offset }
            : throw Unexpected("NULL after IS", "NULL");
    }

    private Expression? TryParsePredicate(Expression left, int minimum)
    {
        var precedence = SqlPrecedence.Like(_dialect);
        if (precedence < minimum)
            return null;
        var offset = Current.Offset;
        var negated = Current.IsWord("not");
        var word = negated ? Ahead() : Current;
        var count = negated ? 2 : 1;
        if (word.IsWord("between"))
        {
            _at += count;
            var low = ParseExpression(precedence + 1);
            ExpectWord("and");
            return new BetweenExpression(left, low, ParseExpression(precedence + 1), negated) { Offset = offset };
        }

        if (word.IsWord("in"))
        {
            _at += count;
            return ParseIn(left, negated) with { Offset = offset };
        }

        PatternKind? kind = word.IsWord("like") ? PatternKind.Like
            : word.IsWord("ilike") && IsDialect(SqlDialect.Postgres, SqlDialect.DuckDb) ? PatternKind.ILike
            : word.IsWord("glob") && IsDialect(SqlDialect.Sqlite, SqlDialect.DuckDb) ? PatternKind.Glob
            : word.IsWord("regexp", "rlike") && _dialect is SqlDialect.MySql ? PatternKind.Regexp : null;
        if (kind is null && !negated && _dialect is SqlDialect.Postgres && (Current.IsSymbol("~") || Current.IsSymbol("!~")))
        {
            kind = PatternKind.Regexp;
            negated = Current.IsSymbol("!~");
        }

        if (kind is null && !negated && _dialect is SqlDialect.Postgres && (Current.IsSymbol("~*") || Current.IsSymbol("!~*")))
        {
            negated = Current.IsSymbol("!~*");
            _at++;
            if (Current.Kind is not TokenKind.String)
                throw Unexpected("a string");

            // PostgreSQL's own way to say "without case" inside a pattern.
            return new LikeExpression(PatternKind.Regexp, left, new StringLiteral("(?i)" + Take(Current).Value), null, negated) { Offset = offset };
        }

        if (kind is null)
            return negated ? throw Unexpected("BETWEEN, IN or LIKE after NOT", "BETWEEN", "IN", "LIKE") : null;
        _at += count;
        if (Current.IsWord("any", "all", "some"))
            throw Unsupported("LIKE ANY is not accepted");
        var pattern = ParseExpression(precedence + 1);
        var escape = kind is PatternKind.Like or PatternKind.ILike && TryWord("escape") ? ParseExpression(precedence + 1) : null;
        return new LikeExpression(kind.Value, left, pattern, escape, negated) { Offset = offset };
    }

    private Expression ParseIn(Expression left, bool negated)
    {
        ExpectSymbol("(");
        if (AtQuery() && !Current.IsSymbol("("))
        {
            var query = ParseQuery();
            ExpectSymbol(")");
            return new InQueryExpression(left, query, negated);
        }

        // A single query in parentheses inside IN's own ones is still a query.
        var items = ParseList(ParseExpression);
        if (items is [SubqueryExpression first] && ContinuesQuery())
            return new InQueryExpression(left, ContinueQuery(first, first.Offset).Query, negated);
        ExpectSymbol(")");
        return items is [SubqueryExpression only] ? new InQueryExpression(left, only.Query, negated) : new InListExpression(left, items, negated);
    }

    private Expression? TryParsePostfix(Expression left, int minimum)
    {
        var offset = Current.Offset;
        if (minimum <= SqlPrecedence.Collate && Current.IsWord("collate"))
        {
            _at++;
            return new CollateExpression(left, ExpectName("a collation")) { Offset = offset };
        }

        if (minimum <= SqlPrecedence.Collate && Current.IsWord("at") && IsDialect(SqlDialect.Postgres, SqlDialect.SqlServer, SqlDialect.DuckDb)
            && Ahead().IsWord("time") && Ahead(2).IsWord("zone"))
        {
            _at += 3;
            return new AtTimeZoneExpression(left, ParseExpression(SqlPrecedence.Unary)) { Offset = offset };
        }

        if (Current.IsSymbol("::") && IsDialect(SqlDialect.Postgres, SqlDialect.DuckDb))
        {
            _at++;
            return new CastExpression(left, ParseTypeName()) { Offset = offset };
        }

        return null;
    }
}
