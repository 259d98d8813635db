using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Compact;

/// <summary>A source of a FROM: a table of the schema, or a query whose columns are known by name only.</summary>
/// <param name="Name">Name that columns use for it in the text that is read: alias or table name.</param>
/// <param name="Table">The schema's table, or null for a derived or common table.</param>
/// <param name="WrittenName">Name that columns use for it in the text that is written.</param>
internal sealed record CompactSource(string Name, TableSchema? Table, string WrittenName)
{
    public bool IsNamed(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    public bool HasColumn(string name) => Table is null || Table.FindColumn(name) is not null;
}

/// <summary>The sources that one SELECT sees, and those around it.</summary>
/// <param name="Outer">The SELECT around, or null.</param>
/// <param name="Aliases">Names that the SELECT list gives to its columns.</param>
internal sealed record CompactScope(CompactScope? Outer, IReadOnlyList<CompactSource> Sources, IReadOnlySet<string> Aliases)
{
    /// <summary>Finds the source that a column reference means, from the inside out; null where there is none.</summary>
    public CompactSource? Find(string? table, string column, out CompactScope? owner)
    {
        for (owner = this; owner is not null; owner = owner.Outer)
        {
            var source = owner.Sources.FirstOrDefault(s => (table is null ? s.Table is not null : s.IsNamed(table)) && s.HasColumn(column));
            if (source is not null)
            {
                return source;
            }
        }

        return null;
    }
}
