using System.Globalization;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Answers.FollowUps;

/// <summary>
/// Reads a follow-up of a known form ("only those from France", "and by city?", "sort by price", "top 5", "how many are there?") as a change of
/// the query before it.
/// </summary>
/// <remarks>
/// A question whose form, column or value is not certain is not read: the model gets it as it is. So are changes that could be meant in two
/// ways, such as a filter of a query that keeps only its first rows. What is written here passes the guard like any other query.
/// </remarks>
internal static class FollowUp
{
    /// <param name="previous">The query before, with its names resolved.</param>
    /// <param name="schema">The tables and columns that the caller may know of.</param>
    /// <param name="values">The stored values that the caller may know of.</param>
    /// <returns>The changed query; null where the follow-up is of no known form.</returns>
    public static Query? TryRewrite(Query previous, string question, DatabaseSchema schema, ValueIndex values)
    {
        var text = FollowUpText.Clean(question);
        if (FollowUpText.IsCount(text))
            return Count(previous);
        if (previous.Body is not SelectBody body)
            return null;
        var names = new ColumnNames(body, schema);
        if (FollowUpText.AsLimit(text) is { } limit)
            return Limit(previous, body, limit.Count, limit.IsTop);
        if (FollowUpText.AsSort(text) is { } sort)
            return Sort(previous, body, names, sort.Column, sort.Descending);
        if (FollowUpText.AsGroup(text) is { } group)
            return Group(previous, body, names, group.Column, group.Adds);
        return FollowUpText.AsFilter(text) is { } filter && previous is { Limit: null, Skip: null } && names.Tables is { Count: > 0 } tables
            ? Filter(previous, body, names, tables, values, filter.Value, filter.Replaces)
            : null;
    }

    private static Query? Count(Query previous)
    {
        SelectItem count = new ExpressionItem(new FunctionCall("count", []) { Star = true });
        if (previous is { Limit: null, Skip: null, Body: SelectBody { Distinct: false, DistinctOn.Count: 0, GroupBy.Count: 0, GroupByAll: false, Having: null, Qualify: null } body })
        {
            return body.Items.Any(HasAggregate) || body.From.Count == 0 ? null : previous with { OrderBy = [], OrderByAll = false, Body = body with { Items = [count], Windows = [] } };
        }

        // Every column needs a name where the query stands in a FROM, and an order there only says which rows are kept.
        var inner = previous.Body is SelectBody select
            ? previous with { Body = select with { Items = select.Items.Select((item, index) => Named(item, index)).ToEquatableList() } } : previous;
        inner = inner.Limit is null && inner.Skip is null ? inner with { OrderBy = [], OrderByAll = false } : inner;
        return new Query(new SelectBody([count]) { From = [new DerivedTable(inner with { CommonTables = [], IsRecursive = false }, "previous")] })
        {
            CommonTables = previous.CommonTables,
            IsRecursive = previous.IsRecursive,
        };
    }

    private static Query? Limit(Query previous, SelectBody body, int count, bool isTop)
    {
        if (previous.Skip is not null)
            return null;
        var order = previous.OrderBy;
        if (isTop && order.Count == 0)
        {
            if (body.Items.Where(HasAggregate).ToList() is not [ExpressionItem amount] || body.Items.Count == 1)
                return null;
            order = [new OrderItem(amount.Expression, Descending: true)];
        }

        return previous with { OrderBy = order, OrderByAll = false, Limit = new NumberLiteral(count.ToString(CultureInfo.InvariantCulture)) };
    }

    private static Query? Sort(Query previous, SelectBody body, ColumnNames names, string column, bool descending)
    {
        // Sorting the first few rows, or choosing other first rows: either may be meant.
        if (previous.Limit is not null || previous.Skip is not null)
            return null;
        var isGrouped = body.Distinct || body.DistinctOn.Count > 0 || body.GroupBy.Count > 0 || body.GroupByAll || body.Items.Any(HasAggregate);
        var by = names.FindOutput(column) ?? (isGrouped ? null : names.FindColumn(column));
        return by is null ? null : previous with { OrderBy = [new OrderItem(by, descending)], OrderByAll = false };
    }

    private static Query? Group(Query previous, SelectBody body, ColumnNames names, string column, bool adds)
    {
        var amounts = body.Items.Where(HasAggregate).ToList();
        if (amounts.Count == 0 || body.GroupByAll || body.Distinct || body.DistinctOn.Count > 0 || body.Qualify is not null || previous.OrderByAll || names.FindColumn(column) is not { } by)
            return null;
        SelectItem item = new ExpressionItem(by);
        var others = adds ? body.Items.Where(other => !HasAggregate(other)).ToList() : [];
        if (others.OfType<ExpressionItem>().Any(other => other.Expression.Equals(by)) || previous.OrderBy.Any(order => order.Expression is NumberLiteral))
            return null;
        var aliases = amounts.OfType<ExpressionItem>().Select(amount => amount.Alias).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        var order = adds ? previous.OrderBy : previous.OrderBy
            .Where(term => AggregateSearch.IsIn(term.Expression) || (term.Expression is ColumnReference { Table: null } output && aliases.Contains(output.Name))).ToEquatableList();
        return previous with
        {
            OrderBy = order,
            Limit = order.Count > 0 ? previous.Limit : null,
            Skip = order.Count > 0 ? previous.Skip : null,
            Body = body with { Items = [.. others, item, .. amounts], GroupBy = adds ? [.. body.GroupBy, by] : [by] },
        };
    }

    private static Query? Filter(
        Query previous, SelectBody body, ColumnNames names, IReadOnlyList<(TableReference Reference, TableSchema Table)> tables, ValueIndex values, string text, bool replaces)
    {
        if (body.Qualify is not null)
            return null;
        var found = Stored(names, tables, values, text);
        if (found.Count == 0)
        {
            foreach (var (column, value) in FollowUpText.Splits(text))
            {
                if (names.FindColumn(column) is { } reference)
                    found = [.. Stored(names, tables, values, value).Where(stored => stored.Column == reference)];
                if (found.Count > 0)
                    break;
            }
        }

        var conditions = Conjuncts(body.Where).ToList();
        var before = conditions.FindIndex(condition => condition is BinaryExpression { Operator: BinaryOperator.Equal, Left: ColumnReference left, Right: StringLiteral }
            && found.Any(stored => IsSame(stored.Column, left)));
        if (before >= 0)
        {
            // Another value of a column that has one already: in its place, or a contradiction that nobody means.
            if (!replaces)
                return null;
            var equality = (BinaryExpression)conditions[before];
            var stored = found.First(stored => IsSame(stored.Column, (ColumnReference)equality.Left));
            conditions[before] = equality with { Right = new StringLiteral(stored.Value) };
        }
        else if (found is [var (column, value)])
        {
            conditions.Add(new BinaryExpression(BinaryOperator.Equal, column, new StringLiteral(value)));
        }
        else
        {
            return null;
        }

        return previous with { Body = body with { Where = conditions.Aggregate((left, right) => new BinaryExpression(BinaryOperator.And, left, right)) } };
    }

    /// <summary>Finds the columns of the query's tables that store a text. A table that stands there twice has none: which of the two is open.</summary>
    private static List<(ColumnReference Column, string Value)> Stored(
        ColumnNames names, IReadOnlyList<(TableReference Reference, TableSchema Table)> tables, ValueIndex values, string text) =>
    [
        .. values.Find(text).SelectMany(value => tables.Where(pair => pair.Table.Name == value.Table).ToList() is [var only]
            ? new[] { (names.Refer(only.Reference, value.Column), value.Text) } : []),
    ];

    private static bool IsSame(ColumnReference stored, ColumnReference written) =>
        stored.Name.Equals(written.Name, StringComparison.OrdinalIgnoreCase) && (written.Table is null || stored.Table is null || written.Table.Equals(stored.Table, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<Expression> Conjuncts(Expression? where) => where switch
    {
        null => [],
        BinaryExpression { Operator: BinaryOperator.And } and => Conjuncts(and.Left).Concat(Conjuncts(and.Right)),
        _ => [where],
    };

    private static SelectItem Named(SelectItem item, int index) =>
        item is ExpressionItem { Alias: null, Expression: not ColumnReference } unnamed ? unnamed with { Alias = FormattableString.Invariant($"column_{index + 1}") } : item;

    private static bool HasAggregate(SelectItem item) => item is ExpressionItem expression && AggregateSearch.IsIn(expression.Expression);

    private sealed class AggregateSearch : SqlRewriter
    {
        private bool _found;

        public static bool IsIn(Expression expression)
        {
            var search = new AggregateSearch();
            search.Rewrite(expression);
            return search._found;
        }

        public override Expression Rewrite(Expression expression)
        {
            _found |= expression is FunctionCall { Over: null } call && SqlFunctions.IsAggregate(call.Name);
            return base.Rewrite(expression);
        }

        // A subquery's aggregates are its own.
        public override Query Rewrite(Query query) => query;
    }
}
