namespace TaskServices.TextToSql.Sql.Ast;

/// <summary>Rebuilds a query bottom-up; override what is to change.</summary>
public abstract class SqlRewriter
{
    public virtual Query Rewrite(Query query) => query with
    {
        CommonTables = List(query.CommonTables, table => table with { Query = Rewrite(table.Query) }),
        Body = Rewrite(query.Body),
        OrderBy = List(query.OrderBy, Rewrite),
        Limit = Optional(query.Limit),
        Skip = Optional(query.Skip),
    };

    public virtual QueryBody Rewrite(QueryBody body) => body switch
    {
        SelectBody select => Rewrite(select),
        SetOperation operation => operation with { Left = Rewrite(operation.Left), Right = Rewrite(operation.Right) },
        ValuesBody values => values with { Rows = List(values.Rows, row => (RowExpression)Rewrite(row)) },
        NestedQuery nested => nested with { Query = Rewrite(nested.Query) },
        _ => throw new ArgumentException($"Unknown body {body.GetType().Name}.", nameof(body)),
    };

    public virtual SelectBody Rewrite(SelectBody body) => body with
    {
        From = List(body.From, Rewrite),
        DistinctOn = List(body.DistinctOn, Rewrite),
        Items = List(body.Items, Rewrite),
        Where = Optional(body.Where),
        GroupBy = List(body.GroupBy, Rewrite),
        Having = Optional(body.Having),
        Qualify = Optional(body.Qualify),
        Windows = List(body.Windows, window => window with { Window = Rewrite(window.Window) }),
    };

    public virtual SelectItem Rewrite(SelectItem item) =>
        item is ExpressionItem expression ? expression with { Expression = Rewrite(expression.Expression) } : item;

    public virtual OrderItem Rewrite(OrderItem item) => item with { Expression = Rewrite(item.Expression) };

    public virtual TableSource Rewrite(TableSource source) => source switch
    {
        DerivedTable derived => derived with { Query = Rewrite(derived.Query) },
        JoinedTable join => join with { Left = Rewrite(join.Left), Right = Rewrite(join.Right), On = Optional(join.On) },
        _ => source,
    };

    public virtual WindowSpecification Rewrite(WindowSpecification window) => window with
    {
        PartitionBy = List(window.PartitionBy, Rewrite),
        OrderBy = List(window.OrderBy, Rewrite),
        Frame = window.Frame is null ? null : window.Frame with { Start = Bound(window.Frame.Start), End = window.Frame.End is null ? null : Bound(window.Frame.End) },
    };

    public virtual Expression Rewrite(Expression expression) => expression switch
    {
        LiteralExpression or ColumnReference or ParameterExpression => expression,
        UnaryExpression e => e with { Operand = Rewrite(e.Operand) },
        BinaryExpression e => e with { Left = Rewrite(e.Left), Right = Rewrite(e.Right) },
        IsNullExpression e => e with { Operand = Rewrite(e.Operand) },
        IsTruthExpression e => e with { Operand = Rewrite(e.Operand) },
        IsDistinctExpression e => e with { Left = Rewrite(e.Left), Right = Rewrite(e.Right) },
        BetweenExpression e => e with { Operand = Rewrite(e.Operand), Low = Rewrite(e.Low), High = Rewrite(e.High) },
        LikeExpression e => e with { Operand = Rewrite(e.Operand), Pattern = Rewrite(e.Pattern), Escape = Optional(e.Escape) },
        InListExpression e => e with { Operand = Rewrite(e.Operand), Items = List(e.Items, Rewrite) },
        InQueryExpression e => e with { Operand = Rewrite(e.Operand), Query = Rewrite(e.Query) },
        ExistsExpression e => e with { Query = Rewrite(e.Query) },
        SubqueryExpression e => e with { Query = Rewrite(e.Query) },
        QuantifiedExpression e => e with { Left = Rewrite(e.Left), Query = Rewrite(e.Query) },
        RowExpression e => e with { Items = List(e.Items, Rewrite) },
        CaseExpression e => e with { Operand = Optional(e.Operand), Branches = List(e.Branches, Rewrite), Else = Optional(e.Else) },
        CastExpression e => e with { Operand = Rewrite(e.Operand) },
        CollateExpression e => e with { Operand = Rewrite(e.Operand) },
        ExtractExpression e => e with { Operand = Rewrite(e.Operand) },
        AtTimeZoneExpression e => e with { Operand = Rewrite(e.Operand), Zone = Rewrite(e.Zone) },
        IntervalExpression e => e with { Amount = Rewrite(e.Amount) },
        FunctionCall e => e with
        {
            Arguments = List(e.Arguments, Rewrite),
            OrderBy = List(e.OrderBy, Rewrite),
            WithinGroup = List(e.WithinGroup, Rewrite),
            Filter = Optional(e.Filter),
            Over = e.Over is null ? null : Rewrite(e.Over),
        },
        _ => throw new ArgumentException($"Unknown expression {expression.GetType().Name}.", nameof(expression)),
    };

    protected Expression? Optional(Expression? expression) => expression is null ? null : Rewrite(expression);

    protected static EquatableList<T> List<T>(EquatableList<T> items, Func<T, T> rewrite)
        where T : class
    {
        T[]? changed = null;
        for (var i = 0; i < items.Count; i++)
        {
            var item = rewrite(items[i]);
            if (!ReferenceEquals(item, items[i]))
            {
                changed ??= [.. items];
                changed[i] = item;
            }
        }

        return changed is null ? items : EquatableList.Create<T>(changed);
    }

    private CaseBranch Rewrite(CaseBranch branch) =>
        branch with { Condition = Rewrite(branch.Condition), Result = Rewrite(branch.Result) };

    private FrameBound Bound(FrameBound bound) => bound with { Amount = Optional(bound.Amount) };
}
