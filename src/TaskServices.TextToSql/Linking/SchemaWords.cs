using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Linking;

/// <summary>The stems in the names of a schema's tables and columns. Immutable, safe from several threads.</summary>
internal sealed class SchemaWords
{
    private readonly Dictionary<string, IReadOnlyList<string>> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(string, string), IReadOnlyList<string>> _columns = [];

    public SchemaWords(DatabaseSchema schema)
    {
        foreach (var table in schema.Tables)
        {
            _tables[table.Name] = Words.NameStems(table.Name);
            foreach (var column in table.Columns)
                _columns[(Fold(table.Name), Fold(column.Name))] = Words.NameStems(column.Name);
        }

        All = _tables.Values.Concat(_columns.Values).SelectMany(stems => stems).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Gets every stem of the schema.</summary>
    public IReadOnlySet<string> All { get; }

    /// <returns>Empty for a table that the schema lacks.</returns>
    public IReadOnlyList<string> OfTable(string table) => _tables.GetValueOrDefault(table, []);

    /// <inheritdoc cref="OfTable"/>
    public IReadOnlyList<string> OfColumn(string table, string column) => _columns.GetValueOrDefault((Fold(table), Fold(column)), []);

    private static string Fold(string name) => name.ToUpperInvariant();
}
