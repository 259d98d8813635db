using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;

namespace TaskServices.TextToSql.Guard;

/// <summary>Counts the joins of one FROM that nothing holds together: their rows multiply.</summary>
internal static class JoinConstraints
{
    public static int CountUnconstrained(SelectBody body, BoundQuery bound)
    {
        var names = new List<string>();
        var conditions = new List<Expression>();
        var links = new List<(int Left, int Right)>();
        foreach (var source in body.From)
            Collect(source, names, conditions, links);
        if (names.Count < 2)
            return 0;
        if (body.Where is not null)
            conditions.Add(body.Where);
        var group = Enumerable.Range(0, names.Count).ToArray();
        foreach (var (left, right) in links)
            Unite(group, left, right);
        foreach (var condition in conditions.SelectMany(Conjuncts))
        {
            if (condition is BinaryExpression { Operator: BinaryOperator.Equal, Left: var left, Right: var right } && (left is ColumnReference || right is ColumnReference))
                Unite(group, names, TablesOf(left, bound), TablesOf(right, bound));
        }

        return group.Distinct().Count() - 1;
    }

    public static IEnumerable<Expression> Conjuncts(Expression expression) =>
        expression is BinaryExpression { Operator: BinaryOperator.And } and ? Conjuncts(and.Left).Concat(Conjuncts(and.Right)) : [expression];

    private static void Collect(TableSource source, List<string> names, List<Expression> conditions, List<(int, int)> links)
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
                var first = names.Count;
                Collect(join.Left, names, conditions, links);
                var second = names.Count;
                Collect(join.Right, names, conditions, links);
                if (join.Using.Count > 0)
                    links.Add((first, second));
                if (join.On is not null)
                    conditions.Add(join.On);
                break;
        }
    }

    private static HashSet<string> TablesOf(Expression expression, BoundQuery bound)
    {
        var search = new ColumnSearch(bound);
        search.Rewrite(expression);
        return search.Tables;
    }

    /// <summary>One equality holds one join, and only where its sides have no table in common: <c>a.id = a.id + b.id - b.id</c> holds nothing.</summary>
    private static void Unite(int[] group, List<string> names, HashSet<string> left, HashSet<string> right)
    {
        if (left.Overlaps(right))
            return;
        foreach (var a in left)
        {
            foreach (var b in right)
            {
                var (i, j) = (Find(names, a), Find(names, b));
                if (i < 0 || j < 0 || group[i] == group[j])
                    continue;
                Unite(group, i, j);
                return;
            }
        }
    }

    private static int Find(List<string> names, string name) => names.FindIndex(other => other.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static void Unite(int[] group, int left, int right)
    {
        var (from, to) = (group[left], group[right]);
        for (var i = 0; i < group.Length; i++)
        {
            if (group[i] == from)
                group[i] = to;
        }
    }

    private sealed class ColumnSearch(BoundQuery bound) : SqlRewriter
    {
        public HashSet<string> Tables { get; } = new(StringComparer.OrdinalIgnoreCase);

        public override Expression Rewrite(Expression expression)
        {
            if (expression is ColumnReference reference && bound.Resolve(reference) is { } column)
                Tables.Add(column.Table.ExposedName);
            return expression is SubqueryExpression ? expression : base.Rewrite(expression);
        }
    }
}
