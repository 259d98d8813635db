using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Tests.Sql;

internal sealed partial class AstGenerator
{
    private static readonly BinaryOperator[] Operators = Enum.GetValues<BinaryOperator>();

    private Expression Value()
    {
        if (!Grow())
            return _random.Next(2) is 0 ? Column() : Literal();
        return _random.Next(22) switch
        {
            0 => new UnaryExpression(Pick(UnaryOperator.Negate, UnaryOperator.Plus, UnaryOperator.Not, UnaryOperator.BitNot), Value()),
            1 or 2 or 3 => Binary(),
            4 => new IsNullExpression(Value(), Maybe(2)),
            5 when dialect is not SqlDialect.SqlServer => new IsTruthExpression(Value(), Maybe(2), Maybe(2)),
            6 => new IsDistinctExpression(Value(), Value(), dialect is SqlDialect.MySql || Maybe(2)),
            7 => new BetweenExpression(Value(), Value(), Value(), Maybe(2)),
            8 => Like(),
            9 => new InListExpression(Value(), [Literal(), .. Maybe(2) ? Several(Value) : []], Maybe(2)),
            10 => new InQueryExpression(Value(), Query(), Maybe(2)),
            11 => new ExistsExpression(Query()),
            12 => new SubqueryExpression(Query()),
            13 when dialect is not SqlDialect.Sqlite => new QuantifiedExpression(Value(), Pick(BinaryOperator.Equal, BinaryOperator.Less), Maybe(2), Query()),
            14 => new CaseExpression(Maybe(2) ? Value() : null, Several(() => new CaseBranch(Value(), Value())), Maybe(2) ? Value() : null),
            15 => Cast(),
            16 => new CollateExpression(Value(), Name()),
            17 => Date(),
            18 => new RowExpression([Value(), .. Several(Value)]),
            19 or 20 => Call(),
            _ => Column(),
        };
    }

    private ColumnReference Column() => Maybe(2) ? new(Name(), Name(), MaybeName(6)) : new(Name());

    // A lone question mark has no name; elsewhere the dialect's mark stands before one.
    private ParameterExpression Parameter() => new(Pick("p", "tenant_id", "?"));

    private LiteralExpression Literal() => _random.Next(8) switch
    {
        0 or 1 => new NumberLiteral(Pick("0", "7", "9223372036854775807", "0.5", "12.250", "1.0e10", "5e-3")),
        2 or 3 => new StringLiteral(Pick<string>(Texts)),
        4 => new NullLiteral(),
        5 when dialect is not SqlDialect.SqlServer => new BooleanLiteral(Maybe(2)),
        6 => dialect is SqlDialect.Postgres ? new NullLiteral() : new BlobLiteral(Pick("", "00", "FF0A")) is { Hex: "" } empty && dialect is SqlDialect.SqlServer ? empty with { Hex = "0A" } : new BlobLiteral(Pick("00", "FF0A")),
        7 when Is(SqlDialect.Postgres, SqlDialect.MySql, SqlDialect.DuckDb) =>
            new TemporalLiteral(Pick(TemporalKind.Date, TemporalKind.Time, TemporalKind.Timestamp), Pick("2024-02-29", "12:30:00", "2024-02-29 12:30:00")),
        _ => new StringLiteral(Pick<string>(Texts)),
    };

    private BinaryExpression Binary()
    {
        var op = Pick<BinaryOperator>(Operators);
        var known = op switch
        {
            BinaryOperator.DivideIntegers => Is(SqlDialect.MySql, SqlDialect.DuckDb),
            BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight or BinaryOperator.JsonGet or BinaryOperator.JsonGetText => dialect is not SqlDialect.SqlServer,
            _ => true,
        };
        if (!known)
            op = BinaryOperator.Add;
        if (dialect is SqlDialect.SqlServer && op is BinaryOperator.Concat or BinaryOperator.Add)
            return op is BinaryOperator.Concat ? new BinaryExpression(op, new StringLiteral(Pick<string>(Texts)), Value()) : new BinaryExpression(op, Column(), Column());
        return new BinaryExpression(op, Value(), Value());
    }

    private LikeExpression Like()
    {
        var kind = Pick(PatternKind.Like, PatternKind.ILike, PatternKind.Glob, PatternKind.Regexp);
        var known = kind switch
        {
            PatternKind.ILike => Is(SqlDialect.Postgres, SqlDialect.DuckDb),
            PatternKind.Glob => Is(SqlDialect.Sqlite, SqlDialect.DuckDb),
            PatternKind.Regexp => Is(SqlDialect.MySql, SqlDialect.Postgres),
            _ => true,
        };
        kind = known ? kind : PatternKind.Like;
        return new(kind, Value(), Value(), kind is PatternKind.Like or PatternKind.ILike && Maybe(3) ? Value() : null, Maybe(2));
    }

    private CastExpression Cast()
    {
        string[] names = dialect switch
        {
            SqlDialect.Sqlite => ["integer", "double", "text", "boolean", "date", "blob"],
            SqlDialect.MySql => ["bigint", "real", "double", "text", "date", "time", "timestamp", "blob"],
            SqlDialect.SqlServer => ["smallint", "integer", "bigint", "real", "double", "text", "boolean", "date", "time", "timestamp", "timestamptz"],
            _ => ["smallint", "integer", "bigint", "real", "double", "text", "boolean", "date", "time", "timestamp", "timestamptz", "blob", "json"],
        };
        var type = Maybe(5) ? new SqlTypeName("decimal", Maybe(2) ? [10, 2] : []) : new SqlTypeName(Pick<string>(names), []);
        return new(Value(), type, Is(SqlDialect.SqlServer, SqlDialect.DuckDb) && Maybe(3));
    }

    private Expression Date()
    {
        if (Maybe(4) && Is(SqlDialect.Postgres, SqlDialect.SqlServer, SqlDialect.DuckDb))
            return new AtTimeZoneExpression(Value(), new StringLiteral("UTC"));
        if (Maybe(2) && Is(SqlDialect.Postgres, SqlDialect.MySql, SqlDialect.DuckDb))
        {
            Expression amount = Maybe(3) ? new UnaryExpression(UnaryOperator.Negate, new NumberLiteral("2")) : new NumberLiteral("3");
            return new BinaryExpression(Pick(BinaryOperator.Add, BinaryOperator.Subtract), Column(), new IntervalExpression(amount, Unit()));
        }

        if (dialect is SqlDialect.SqlServer && Maybe(2))
            return new BinaryExpression(BinaryOperator.Add, Column(), new IntervalExpression(Value(), Unit()));
        return dialect is SqlDialect.Sqlite ? Column() : new ExtractExpression(Unit(), Value());
    }

    private DatePart Unit() => Pick(DatePart.Year, DatePart.Quarter, DatePart.Month, DatePart.Week, DatePart.Day, DatePart.Hour, DatePart.Minute, DatePart.Second);

    private FunctionCall Call()
    {
        var known = SqlFunctions.All.Where(function => function.Exists(dialect) && !IsReadAnew(function.Name)).OrderBy(function => function.Name, StringComparer.Ordinal).ToArray();
        var function = Pick<SqlFunction>(known);
        if (function.Name is "count" && Maybe(2))
            return WithWindow(new("count", []) { Star = true });
        var least = Math.Max(function.MinimumArguments, function.Name is "count" ? 1 : 0);
        var call = new FunctionCall(function.Name, Several(Value, Math.Min(function.MaximumArguments, 3), Math.Min(least, function.MaximumArguments)));
        if (function.Name is "group_concat")
            call = call with { Arguments = [Value(), new StringLiteral(Pick<string>(Texts))] };
        return WithWindow(function.Kind is FunctionKind.Aggregate && call.Arguments.Count > 0 && Maybe(4) ? call with { Distinct = true } : call);

        FunctionCall WithWindow(FunctionCall made)
        {
            if (function.Kind is FunctionKind.Scalar)
                return made;
            if (function.Kind is FunctionKind.Aggregate && Is(SqlDialect.Sqlite, SqlDialect.Postgres, SqlDialect.DuckDb) && Maybe(4))
                made = made with { Filter = Value() };
            if (made.Name is "group_concat" && Maybe(3))
                made = made with { OrderBy = Several(OrderItem) };
            if (made.Name.StartsWith("percentile_", StringComparison.Ordinal))
                made = made with { WithinGroup = [OrderItem()] };
            return function.Kind is FunctionKind.Window || Maybe(4) ? made with { Over = Maybe(4) ? new WindowSpecification(Name()) : Window() } : made;
        }
    }

    /// <summary>Functions whose arguments are words, or that the reader turns into nodes of their own.</summary>
    private bool IsReadAnew(string name) => name switch
    {
        "datediff" or "datename" or "date_trunc" => Is(SqlDialect.SqlServer, SqlDialect.MySql),
        "timestampdiff" => true,
        "date" => Is(SqlDialect.Postgres, SqlDialect.DuckDb),
        "weekday" or "dayofweek" => dialect is SqlDialect.DuckDb,
        "concat" => dialect is SqlDialect.MySql,
        "current_date" => dialect is SqlDialect.SqlServer,
        "greatest" or "least" or "max" or "min" => dialect is SqlDialect.Sqlite,
        _ => false,
    };
}
