namespace TaskServices.TextToSql.Schema;

/// <summary>Tables, columns and keys of one database, as far as the caller may know them. Immutable.</summary>
/// <remarks>Names keep their spelling; look-ups ignore case.</remarks>
public sealed record DatabaseSchema(string Name, IReadOnlyList<TableSchema> Tables, IReadOnlyList<ForeignKey> ForeignKeys)
{
    private readonly Dictionary<string, TableSchema> _byName =
        Tables.ToDictionary(table => table.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets a hash of names, types, keys and comments: another one says that the schema has changed.</summary>
    public string Fingerprint => SchemaFingerprint.Compute(this);

    /// <summary>Finds a table, ignoring case; null where there is none.</summary>
    public TableSchema? FindTable(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>One table or view.</summary>
/// <param name="PrimaryKey">Names of the key's columns, in key order; empty where there is no key.</param>
/// <param name="Comment">Comment stored with the table, or null.</param>
/// <param name="RowEstimate">The engine's own guess of the number of rows, or null where it has none.</param>
public sealed record TableSchema(
    string Name, IReadOnlyList<ColumnSchema> Columns, IReadOnlyList<string> PrimaryKey, string? Comment = null, long? RowEstimate = null)
{
    private readonly Dictionary<string, ColumnSchema> _byName =
        Columns.ToDictionary(column => column.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds a column, ignoring case; null where there is none.</summary>
    public ColumnSchema? FindColumn(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>One column.</summary>
/// <param name="DeclaredType">Type as the database declares it, for example <c>NVARCHAR(160)</c>; may be empty on SQLite.</param>
public sealed record ColumnSchema(string Name, string DeclaredType, ColumnType Type, string? Comment = null);

/// <summary>A foreign key; both column lists have the same length and order.</summary>
public sealed record ForeignKey(
    string Table, IReadOnlyList<string> Columns, string ReferencedTable, IReadOnlyList<string> ReferencedColumns);

/// <summary>The kinds of values that the model, the linker and the binder tell apart.</summary>
public enum ColumnType
{
    Text,
    Number,
    Time,
    Boolean,
    Other,
}
