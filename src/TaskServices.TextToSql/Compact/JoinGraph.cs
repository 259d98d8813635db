using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Compact;

/// <summary>Tables as nodes, foreign keys as edges. Immutable, safe from several threads.</summary>
internal sealed class JoinGraph
{
    private readonly Dictionary<string, SortedDictionary<string, List<ForeignKey>>> _keysByTables = new(StringComparer.OrdinalIgnoreCase);

    public JoinGraph(DatabaseSchema schema)
    {
        Schema = schema;
        foreach (var key in schema.ForeignKeys.Where(key => !key.Table.Equals(key.ReferencedTable, StringComparison.OrdinalIgnoreCase)))
        {
            Add(key.Table, key.ReferencedTable, key);
            Add(key.ReferencedTable, key.Table, key);
        }
    }

    public DatabaseSchema Schema { get; }

    /// <summary>Gets the different keys between two tables, whichever of them declares it.</summary>
    public IReadOnlyList<ForeignKey> KeysBetween(string first, string second) =>
        _keysByTables.TryGetValue(first, out var keys) && keys.TryGetValue(second, out var between) ? between : [];

    /// <summary>
    /// Finds the shortest path from a table of a set to another table, both ends included: breadth first from the new table,
    /// neighbours in alphabetical order. Null where there is none.
    /// </summary>
    public IReadOnlyList<string>? FindPath(IReadOnlySet<string> from, string to)
    {
        if (from.Contains(to))
            return [to];

        var previous = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { [to] = null };
        var queue = new Queue<string>([to]);
        while (queue.TryDequeue(out var table))
        {
            foreach (var neighbour in Neighbours(table))
            {
                if (!previous.TryAdd(neighbour, table))
                    continue;
                if (from.Contains(neighbour))
                    return PathTo(neighbour, previous);
                queue.Enqueue(neighbour);
            }
        }

        return null;
    }

    /// <summary>Writes the condition that joins two tables by a key.</summary>
    public static Expression Condition(ForeignKey key) =>
        key.Columns.Zip(
            key.ReferencedColumns,
            Expression (column, referenced) => new BinaryExpression(
                BinaryOperator.Equal, new ColumnReference(column, key.Table), new ColumnReference(referenced, key.ReferencedTable)))
            .Aggregate((left, right) => new BinaryExpression(BinaryOperator.And, left, right));

    private static List<string> PathTo(string end, Dictionary<string, string?> previous)
    {
        var path = new List<string>();
        for (var table = end; table is not null; table = previous[table])
            path.Add(table);
        return path;
    }

    private string[] Neighbours(string table) => _keysByTables.TryGetValue(table, out var keys) ? [.. keys.Keys] : [];

    private void Add(string from, string to, ForeignKey key)
    {
        if (!_keysByTables.TryGetValue(from, out var keys))
            _keysByTables[from] = keys = new(StringComparer.OrdinalIgnoreCase);
        if (!keys.TryGetValue(to, out var between))
            keys[to] = between = [];
        if (!between.Any(other => IsSame(other, key)))
            between.Add(key);
    }

    private static bool IsSame(ForeignKey a, ForeignKey b) =>
        JoinPairs.Of(a).ToHashSet().SetEquals(JoinPairs.Of(b));
}
