using System.Globalization;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Tests.Sql;

/// <summary>Makes queries of one dialect in the form in which its parser gives them, with names and values chosen to confuse.</summary>
internal sealed partial class AstGenerator(int seed, int size, SqlDialect dialect)
{
    private static readonly string[] Names =
    [
        "a", "name", "Name", "user_id", "select", "SELECT", "interval", "from", "order", "group", "values", "row", "rows", "lateral", "cast",
        "date", "time", "timestamp", "true", "false", "null", "left", "right", "exists", "case", "end", "current_date", "current_timestamp",
        "key", "index", "user", "desc", "first", "last", "filter", "over", "partition", "within", "limit", "offset", "fetch", "next", "top",
        "any", "some", "all", "distinct", "not", "in", "like", "between", "is", "isnull", "collate", "escape", "using", "natural", "window",
        "extract", "trim", "position", "if", "mod", "div", "rlike", "regexp", "glob", "qualify", "pivot", "both", "leading", "year", "month",
        "o'brien", "a\"b", "a`b", "a]b", "[x]", "a.b", "a b", " a", "1a", "$x", "x--y", "x/*y*/", "x;y", "x\\", "ünï", "日本", "a%b", "@v", ":v", "?", "*",
    ];

    private static readonly string[] Texts =
    [
        "", "a", "'", "''", "\"", "\\", "\\'", "\\\\", "\\';--", "%", "_", "a\nb", "a\tb", "é", "日本", "😀", "-- x", "/* x */", ";", "$$", "$a$", "N'x'", "x'00'", "NULL", "a''b\\''",
    ];

    private readonly Random _random = new(seed);
    private int _left = size;

    private bool Is(params ReadOnlySpan<SqlDialect> dialects) => dialects.Contains(dialect);

    private T Pick<T>(params ReadOnlySpan<T> items) => items[_random.Next(items.Length)];

    private bool Maybe(int oneIn = 3) => _left > 0 && _random.Next(oneIn) is 0;

    /// <summary>Gets whether there is room for something deeper.</summary>
    private bool Grow() => --_left > 0;

    private EquatableList<T> Several<T>(Func<T> make, int most = 3, int least = 1) =>
        Enumerable.Range(0, least + _random.Next(_left > 0 ? most - least + 1 : 1)).Select(_ => make()).ToEquatableList();

    // PostgreSQL folds what is not quoted, so that any spelling survives only in quotes; the printer decides.
    private string Name() => Pick<string>(Names);

    private string? MaybeName(int oneIn = 3) => Maybe(oneIn) ? Name() : null;

    private static string Digits(int value) => value.ToString(CultureInfo.InvariantCulture);

    public Query Query(bool mayHaveTables = true)
    {
        var query = new Query(Body()) { CommonTables = mayHaveTables && Maybe(5) ? Several(CommonTable, 2) : [] };
        if (query.CommonTables.Count > 0 && dialect is not SqlDialect.SqlServer)
            query = query with { IsRecursive = Maybe(2) };
        if (dialect is SqlDialect.DuckDb && Maybe(12))
            query = query with { OrderByAll = true };
        else if (Maybe())
            query = query with { OrderBy = Several(OrderItem) };
        return Bounded(query);
    }

    private Query Bounded(Query query)
    {
        if (!Maybe(4))
            return query;
        var isSelect = query.Body is SelectBody;
        if (dialect is SqlDialect.SqlServer)
        {
            // OFFSET needs an order.
            return (query.OrderBy.Count, isSelect) switch
            {
                ( > 0, _) when Maybe(2) => query with { Skip = Count(), Limit = Maybe(2) ? Count() : null },
                (_, true) => query with { Limit = Count(), WithTies = query.OrderBy.Count > 0 && Maybe(4) },
                ( > 0, false) => query with { Skip = Count(), Limit = Count() },
                _ => query,
            };
        }

        if (Maybe(4) && Is(SqlDialect.Postgres, SqlDialect.DuckDb))
            return query with { Skip = Count() };
        query = query with { Limit = Count(), Skip = Maybe(3) ? Count() : null };
        return dialect is SqlDialect.Postgres && Maybe(6) ? query with { WithTies = true } : query;
    }

    private Expression Count() => Pick<Expression>(new NumberLiteral("0"), new NumberLiteral("25"), Parameter());

    private CommonTable CommonTable() => new(Name(), Maybe(3) ? Several(Name) : [], Query());

    private QueryBody Body()
    {
        if (Maybe(6) && Grow())
            return SetOperation();
        return Maybe(12) && dialect is not SqlDialect.SqlServer ? Values() : Select();
    }

    private SetOperation SetOperation()
    {
        var kind = Pick(SetOperator.Union, SetOperator.Intersect, SetOperator.Except);
        var all = kind is SetOperator.Union ? Maybe(2) : Is(SqlDialect.Postgres, SqlDialect.MySql, SqlDialect.DuckDb) && Maybe(3);

        // SQLite has no parentheses around operands, so its trees lean to the left.
        return new(kind, all, Maybe(3) && Grow() ? SetOperation() : Operand(), dialect is not SqlDialect.Sqlite && Maybe(3) && Grow() ? SetOperation() : Operand());
    }

    private QueryBody Operand()
    {
        if (dialect is SqlDialect.Sqlite || !Maybe(3) || !Grow())
            return Select();
        var nested = Query(mayHaveTables: dialect is not SqlDialect.SqlServer);
        return nested.IsPlain ? nested.Body : new NestedQuery(nested);
    }

    private ValuesBody Values()
    {
        var width = 1 + _random.Next(3);
        return new(Several(() => new RowExpression(Several(Value, width, width))));
    }

    private SelectBody Select()
    {
        var select = new SelectBody(Several(SelectItem, 4)) { From = Maybe(6) ? [] : Several(() => Source(), 2) };
        if (Maybe(6))
            select = select with { Distinct = true };
        else if (Maybe(8) && Is(SqlDialect.Postgres, SqlDialect.DuckDb))
            select = select with { DistinctOn = Several(Value) };
        if (Maybe())
            select = select with { Where = Value() };
        if (Maybe(9) && dialect is SqlDialect.DuckDb)
            select = select with { GroupByAll = true };
        else if (Maybe())
            select = select with { GroupBy = Several(Value) };
        if (Maybe(5))
            select = select with { Having = Value() };
        if (Maybe(9))
            select = select with { Windows = Several(() => new NamedWindow(Name(), Window())) };
        return Maybe(9) && dialect is SqlDialect.DuckDb ? select with { Qualify = Value() } : select;
    }

    private SelectItem SelectItem() =>
        Maybe(8) ? new StarItem(MaybeName(2)) : new ExpressionItem(Value(), MaybeName());

    private OrderItem OrderItem() => new(
        Value(), Maybe(3), Is(SqlDialect.Sqlite, SqlDialect.Postgres, SqlDialect.DuckDb) && Maybe(4) ? Maybe(2) : null);

    private TableSource Source(bool mayBeJoin = true)
    {
        if (mayBeJoin && Maybe(3) && Grow())
            return Join();
        return Maybe(5) && Grow() ? Derived(lateral: dialect is SqlDialect.Postgres or SqlDialect.MySql or SqlDialect.DuckDb && Maybe(4)) : Table();
    }

    private TableReference Table() => new(Name(), MaybeName(2), MaybeName(8));

    private DerivedTable Derived(bool lateral) => new(Query(), Name())
    {
        Lateral = lateral,
        Columns = dialect is not SqlDialect.Sqlite && Maybe(4) ? Several(Name) : [],
    };

    private JoinedTable Join()
    {
        var left = Source();
        var right = Source(mayBeJoin: Maybe(6));
        if (dialect is SqlDialect.SqlServer && Maybe(5))
        {
            return Maybe(2)
                ? new(JoinKind.Cross, left, Derived(lateral: true))
                : new(JoinKind.Left, left, Derived(lateral: true), new BooleanLiteral(true));
        }

        if (Maybe(4))
            return new(JoinKind.Cross, left, right);
        var kind = Pick(JoinKind.Inner, JoinKind.Left, JoinKind.Right, dialect is SqlDialect.MySql ? JoinKind.Left : JoinKind.Full);
        if (dialect is not SqlDialect.SqlServer && Maybe(6))
            return new(kind, left, right) { Natural = true };
        return dialect is not SqlDialect.SqlServer && Maybe(5)
            ? new(kind, left, right) { Using = Several(Name) }
            : new(kind, left, right, Value());
    }

    private WindowSpecification Window() => new(MaybeName(5))
    {
        PartitionBy = Maybe(2) ? Several(Value) : [],
        OrderBy = Maybe(2) ? Several(OrderItem) : [],
        Frame = Maybe(3) ? Frame() : null,
    };

    private WindowFrame Frame() => new(
        Pick(FrameUnit.Rows, FrameUnit.Range, FrameUnit.Groups),
        Pick(new FrameBound(FrameBoundKind.UnboundedPreceding), new FrameBound(FrameBoundKind.CurrentRow), new FrameBound(FrameBoundKind.Preceding, Value())),
        Maybe(2) ? Pick(new FrameBound(FrameBoundKind.UnboundedFollowing), new FrameBound(FrameBoundKind.CurrentRow), new FrameBound(FrameBoundKind.Following, Value())) : null);
}
