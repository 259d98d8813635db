using TaskServices.TextToSql.Schema;

namespace TaskServices.Evals.Metrics.Spider;

/// <summary>Tables, columns and joined columns as Spider's evaluation looks them up, in lower case.</summary>
internal sealed class SpiderSchema
{
    private readonly Dictionary<string, HashSet<string>> _columns;
    private readonly Dictionary<string, string> _representatives = new(StringComparer.Ordinal);

    public SpiderSchema(DatabaseSchema schema)
    {
        _columns = schema.Tables.ToDictionary(
            table => Lower(table.Name), table => table.Columns.Select(column => Lower(column.Name)).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);

        // As in build_foreign_key_map: a pair joins the first set that holds either column, and sets are never merged.
        var sets = new List<List<string>>();
        foreach (var key in schema.ForeignKeys)
        {
            foreach (var (column, referenced) in key.Columns.Zip(key.ReferencedColumns))
            {
                string[] pair = [ColumnId(Lower(key.Table), Lower(column)), ColumnId(Lower(key.ReferencedTable), Lower(referenced))];
                var set = sets.Find(candidate => pair.Any(candidate.Contains));
                if (set is null)
                    sets.Add(set = []);
                set.AddRange(pair.Except(set));
            }
        }

        var order = schema.Tables.SelectMany(table => table.Columns.Select(column => ColumnId(Lower(table.Name), Lower(column.Name)))).ToList();
        foreach (var set in sets)
        {
            var representative = set.MinBy(order.IndexOf)!;
            foreach (var column in set)
                _representatives[column] = representative;
        }
    }

    public IEnumerable<string> Tables => _columns.Keys;

    public bool HasTable(string table) => _columns.ContainsKey(table);

    public bool HasColumn(string table, string column) => _columns.TryGetValue(table, out var columns) && columns.Contains(column);

    /// <summary>Gets the column that stands for all columns joined to this one by foreign keys; itself where there is none.</summary>
    public string Representative(string columnId) => _representatives.GetValueOrDefault(columnId, columnId);

    public static string TableId(string table) => $"__{table}__";

    public static string ColumnId(string table, string column) => $"__{table}.{column}__";

    private static string Lower(string name) => name.ToLowerInvariant();
}
