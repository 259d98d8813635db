using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Sql.Translation;

internal enum GroupingKind
{
    /// <summary>No aggregates: every row is its own.</summary>
    Plain,

    /// <summary>Aggregates without GROUP BY: all rows are one group.</summary>
    Whole,
    Grouped,
}

/// <summary>How one SELECT groups its rows, and which row SQLite takes a bare column from.</summary>
/// <param name="Terms">What rows are grouped by.</param>
/// <param name="Extreme">The only min or max of the SELECT: bare columns come from its row. Null where there is none.</param>
/// <param name="Tables">Names by which the SELECT's own tables are referred to.</param>
internal sealed record Grouping(GroupingKind Kind, IReadOnlyList<Expression> Terms, FunctionCall? Extreme, IReadOnlySet<string> Tables)
{
    public static Grouping None { get; } = new(GroupingKind.Plain, [], null, new HashSet<string>());

    public static Grouping Of(Query query, SelectBody select)
    {
        var tables = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var source in select.From)
            AddNames(source, tables);
        var search = new AggregateSearch();
        foreach (var item in select.Items)
            search.Rewrite(item);
        foreach (var item in query.OrderBy)
            search.Rewrite(item);
        if (select.Having is not null)
            search.Rewrite(select.Having);
        var extremes = search.Found.Where(call => call is { Name: "min" or "max", Distinct: false, Filter: null }).Distinct().ToList();
        var kind = select.GroupBy.Count > 0 ? GroupingKind.Grouped : search.Found.Count > 0 ? GroupingKind.Whole : GroupingKind.Plain;

        // The grouping decides which columns are bare, so positions and what they stand for count alike.
        var terms = select.GroupBy.Select(term => term is NumberLiteral number && int.TryParse(number.Text, out var position)
            && position <= select.Items.Count && select.Items[position - 1] is ExpressionItem item ? item.Expression : term).ToList();
        return new(kind, terms, extremes is [var only] ? only : null, tables);
    }

    private static void AddNames(TableSource source, HashSet<string> names)
    {
        switch (source)
        {
            case TableReference table:
                names.Add(table.ExposedName);
                break;
            case DerivedTable derived:
                names.Add(derived.Alias ?? "");
                break;
            case JoinedTable join:
                AddNames(join.Left, names);
                AddNames(join.Right, names);
                break;
        }
    }

    private sealed class AggregateSearch : SqlRewriter
    {
        public List<FunctionCall> Found { get; } = [];

        public override Expression Rewrite(Expression expression)
        {
            if (expression is FunctionCall { Over: null } call && SqlFunctions.IsAggregate(call.Name))
                Found.Add(call);
            return base.Rewrite(expression);
        }

        public override Query Rewrite(Query query) => query;
    }
}
