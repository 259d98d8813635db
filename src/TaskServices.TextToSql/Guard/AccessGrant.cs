using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Guard;

/// <summary>What a caller may read: tables, each with its readable columns. Everything else does not exist for the caller.</summary>
public sealed class AccessGrant
{
    private readonly Dictionary<string, HashSet<string>> _columnsByTable;

    /// <param name="columnsByTable">Readable columns of each readable table. Names are compared without case.</param>
    public AccessGrant(IReadOnlyDictionary<string, IReadOnlyCollection<string>> columnsByTable) =>
        _columnsByTable = columnsByTable.ToDictionary(
            pair => pair.Key, pair => pair.Value.ToHashSet(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);

    /// <summary>Grants every column of every table of a schema.</summary>
    public static AccessGrant Everything(DatabaseSchema schema) =>
        new(schema.Tables.ToDictionary(
            table => table.Name, IReadOnlyCollection<string> (table) => [.. table.Columns.Select(column => column.Name)]));

    public bool AllowsTable(string table) => _columnsByTable.ContainsKey(table);

    public bool AllowsColumn(string table, string column) =>
        _columnsByTable.TryGetValue(table, out var columns) && columns.Contains(column);
}
