using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Sql.Translation;

/// <summary>Rewrites a query that means what SQLite means by it for an engine that is stricter, so that the rows are the same.</summary>
/// <remarks>
/// SQLite lets columns stand beside aggregates, compares texts with numbers by the columns' types, matches LIKE without case, sorts NULL
/// first, divides integers to integers, takes numbers for truth and truth for numbers, and the first row of a subquery for its value.
/// Each is written out for the target. The result is a query of the target's dialect; it is bound and guarded like any other.
/// </remarks>
internal sealed partial class SqlTranslator : SqlRewriter
{
    private readonly BoundQuery _bound;
    private readonly SqlDialect _to;
    private Grouping _grouping = Grouping.None;

    private SqlTranslator(BoundQuery bound, SqlDialect to)
    {
        _bound = bound;
        _to = to;
    }

    /// <param name="query">A query as SQLite reads it.</param>
    /// <param name="schema">The schema of the database that the query is for, with that engine's types.</param>
    /// <exception cref="TextToSqlException">The names do not bind, or reason <c>NOT_EXPRESSIBLE</c>.</exception>
    public static Query Translate(Query query, DatabaseSchema schema, SqlDialect to)
    {
        var bound = SqlBinder.Bind(query, schema, SqlDialect.Sqlite);
        return to is SqlDialect.Sqlite ? bound.Query : new SqlTranslator(bound, to).Rewrite(bound.Query);
    }

    private bool Is(params ReadOnlySpan<SqlDialect> dialects) => dialects.Contains(_to);

    private ValueKind KindOf(Expression expression) =>
        ValueKinds.Of(expression, reference => _bound.Resolve(reference)?.Kind ?? ValueKind.Unknown, SqlDialect.Sqlite);

    private TextToSqlException NotExpressible(string what) => new("NOT_EXPRESSIBLE", $"{what} cannot be written for {_to}.");

    public override Query Rewrite(Query query) => Rewrite(query, Use.Table);

    /// <summary>How a query is used: its rows, its one value, or whether a value is among them.</summary>
    private enum Use
    {
        Table,
        Value,
        Membership,
    }

    private Query Rewrite(Query query, Use use)
    {
        var outer = _grouping;
        var result = query with { CommonTables = List(query.CommonTables, table => table with { Query = Rewrite(table.Query) }) };
        if (query.Body is SelectBody select)
        {
            _grouping = Grouping.Of(query, select);
            var body = RewriteSelect(select);
            var orderBy = List(query.OrderBy, item => RewriteOrder(item, select));
            if (select.Distinct && _grouping.Kind is GroupingKind.Plain && NeedsGroups(query, select))
            {
                body = body with { Distinct = false, GroupBy = [.. body.Items.OfType<ExpressionItem>().Select(item => item.Expression)] };
            }

            // Groups leave SQLite in the order of their terms, which decides between equal sort keys, and so what a LIMIT cuts.
            if (_grouping.Kind is GroupingKind.Grouped && orderBy.Count > 0 && !select.Distinct)
            {
                orderBy = [.. orderBy, .. _grouping.Terms.Select(Value)
                    .Where(term => orderBy.All(item => !item.Expression.Equals(term))).Select(term => new OrderItem(term))];
            }

            result = result with { Body = body, OrderBy = orderBy };
        }
        else
        {
            _grouping = Grouping.None;
            result = result with { Body = RewriteBody(query.Body), OrderBy = List(query.OrderBy, Rewrite) };
        }

        if (use is Use.Value && query.Limit is null && query.Body is not ValuesBody && !(_grouping.Kind is GroupingKind.Whole))
            result = result with { Limit = new NumberLiteral("1") };
        _grouping = outer;
        if (_to is SqlDialect.SqlServer && result is { Limit: null, Skip: null, OrderBy.Count: > 0 } && use is not Use.Table)
            result = result with { OrderBy = [] };
        if (_to is SqlDialect.MySql && use is Use.Membership && result.Limit is not null)
        {
            // MySQL takes no LIMIT directly inside IN.
            result = new Query(new SelectBody([new StarItem()]) { From = [new DerivedTable(result, "limited")] });
        }

        return result with { OrderBy = ExplicitNulls(result.OrderBy) };
    }

    private QueryBody RewriteBody(QueryBody body)
    {
        switch (body)
        {
            case SelectBody select:
                return Rewrite(new Query(select)).Body;
            case SetOperation operation:
                return Aligned(operation with { Left = RewriteBody(operation.Left), Right = RewriteBody(operation.Right) }, operation);
            case NestedQuery nested:
                return nested with { Query = Rewrite(nested.Query) };
            default:
                return base.Rewrite(body);
        }
    }

    public override QueryBody Rewrite(QueryBody body) => RewriteBody(body);

    /// <summary>Where the sides of a set operation select different kinds of values, both become text.</summary>
    private SetOperation Aligned(SetOperation written, SetOperation read)
    {
        if (_to is SqlDialect.MySql || read.Left is not SelectBody left || read.Right is not SelectBody right || written.Left is not SelectBody newLeft || written.Right is not SelectBody newRight
            || left.Items.Count != right.Items.Count)
            return written;
        var (leftItems, rightItems) = (newLeft.Items.ToArray(), newRight.Items.ToArray());
        for (var i = 0; i < leftItems.Length; i++)
        {
            if (left.Items[i] is not ExpressionItem { Expression: var l } || right.Items[i] is not ExpressionItem { Expression: var r })
                continue;
            var (kind, other) = (KindOf(l), KindOf(r));
            if (l is NullLiteral || r is NullLiteral || kind == other || (IsNumeric(kind) && IsNumeric(other)) || kind is ValueKind.Unknown || other is ValueKind.Unknown)
                continue;
            leftItems[i] = AsText((ExpressionItem)leftItems[i], kind);
            rightItems[i] = AsText((ExpressionItem)rightItems[i], other);
        }

        return written with
        {
            Left = newLeft with { Items = EquatableList.Create<SelectItem>(leftItems) },
            Right = newRight with { Items = EquatableList.Create<SelectItem>(rightItems) },
        };
    }

    private static bool IsNumeric(ValueKind kind) => ValueKinds.IsNumber(kind) || kind is ValueKind.Boolean;

    private static ExpressionItem AsText(ExpressionItem item, ValueKind kind) =>
        kind is ValueKind.Text ? item : item with { Expression = Text(item.Expression), Alias = item.Alias ?? (item.Expression as ColumnReference)?.Name };

    private SelectBody RewriteSelect(SelectBody select) => select with
    {
        From = List(select.From, RewriteSource),
        Where = Condition(select.Where),
        GroupBy = [.. _grouping.Terms.Select(Value)],
        Having = select.Having is null ? null : Predicate(Grouped(select.Having)),
        Items = List(select.Items, item => item is ExpressionItem e ? e with { Expression = Value(Grouped(e.Expression)), Alias = e.Alias ?? NameOf(e.Expression) } : item),
        Windows = List(select.Windows, window => window with { Window = Rewrite(window.Window) }),
    };

    /// <summary>A column that is wrapped keeps its name.</summary>
    private string? NameOf(Expression expression) =>
        expression is ColumnReference column && !ReferenceEquals(Grouped(column), column) ? column.Name : null;

    private TableSource RewriteSource(TableSource source)
    {
        if (source is not JoinedTable join)
            return Rewrite(source);
        var written = join with { Left = RewriteSource(join.Left), Right = RewriteSource(join.Right), On = Condition(join.On) };
        return _to is SqlDialect.SqlServer && join.Using.Count > 0 ? throw NotExpressible("USING") : written;
    }

    private Expression? Condition(Expression? expression) => expression is null ? null : Predicate(expression);

    private OrderItem RewriteOrder(OrderItem item, SelectBody select)
    {
        // The name of an output column, or its position.
        if (item.Expression is NumberLiteral || (item.Expression is ColumnReference reference && _bound.Resolve(reference) is null))
            return item;
        if (select.Distinct && _grouping.Kind is GroupingKind.Plain && !IsSelected(select, item.Expression))
            return item with { Expression = new FunctionCall(item.Descending ? "max" : "min", [Value(item.Expression)]) };
        return item with { Expression = Value(Grouped(item.Expression)) };
    }

    private static bool IsSelected(SelectBody select, Expression expression) =>
        select.Items.Any(item => item is ExpressionItem selected && selected.Expression.Equals(expression));

    /// <summary>Gets whether DISTINCT is ordered by what it does not select; as groups, it may be.</summary>
    private bool NeedsGroups(Query query, SelectBody select) => query.OrderBy.Any(item =>
        item.Expression is not NumberLiteral && !IsSelected(select, item.Expression) && !(item.Expression is ColumnReference reference && _bound.Resolve(reference) is null));

    public override OrderItem Rewrite(OrderItem item) =>
        item.Expression is NumberLiteral || (item.Expression is ColumnReference reference && _bound.Resolve(reference) is null) ? item : item with { Expression = Value(item.Expression) };

    /// <summary>SQLite sorts NULL before everything else. PostgreSQL and DuckDB are told so; MySQL and SQL Server do the same.</summary>
    private EquatableList<OrderItem> ExplicitNulls(EquatableList<OrderItem> items)
    {
        if (Is(SqlDialect.Postgres, SqlDialect.DuckDb))
            return [.. items.Select(item => item.NullsFirst is null && !IsNeverNull(item.Expression) ? item with { NullsFirst = !item.Descending } : item)];
        if (items.All(item => item.NullsFirst is null || item.NullsFirst != item.Descending))
            return [.. items.Select(item => item with { NullsFirst = null })];
        return [.. items.SelectMany(item => item.NullsFirst is null || item.NullsFirst != item.Descending
            ? (IEnumerable<OrderItem>)[item with { NullsFirst = null }]
            : [new OrderItem(Flag(new IsNullExpression(item.Expression)), item.NullsFirst.Value), item with { NullsFirst = null }])];
    }

    private static bool IsNeverNull(Expression expression) => expression is LiteralExpression and not (NullLiteral or NumberLiteral)
        || (expression is FunctionCall call && SqlFunctions.Find(call.Name)?.Nulls is NullBehaviour.Never);

    public override WindowSpecification Rewrite(WindowSpecification window)
    {
        var written = base.Rewrite(window);
        return written with { OrderBy = ExplicitNulls(written.OrderBy) };
    }
}
