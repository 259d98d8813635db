using System.Text;

namespace TaskServices.TextToSql.Schema;

/// <summary>Writes the schema as the first lines of the prompt.</summary>
/// <remarks>
/// One line <c>db name</c>, then one line a table: <c>singer(singer_id*, name, age num, band_id&gt;band.band_id)</c>. <c>*</c> marks the
/// primary key (of a composite key its first column), <c>&gt;</c> a foreign key; <c> num</c> and <c> time</c> mark the types of the other columns,
/// text is unmarked. No final line break: the text is a prefix whose tokens are cached, and the question's part begins with the break.
/// </remarks>
public static class SchemaText
{
    /// <summary>Writes a schema. Names that could break the line structure are left out.</summary>
    public static string Write(DatabaseSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var referenceByColumn = References(schema);
        var text = new StringBuilder("db ").Append(DatabaseName(schema.Name));
        foreach (var table in schema.Tables.Where(table => SchemaName.IsWritable(table.Name)))
        {
            var columns = table.Columns
                .Where(column => SchemaName.IsWritable(column.Name))
                .Select(column => Column(table, column, referenceByColumn));
            text.Append('\n').Append(SchemaName.Write(table.Name)).Append('(').AppendJoin(", ", columns).Append(')');
        }

        return text.ToString();
    }

    private static string Column(
        TableSchema table, ColumnSchema column, Dictionary<(string Table, string Column), string> referenceByColumn)
    {
        var name = SchemaName.Write(column.Name);
        var isKey = table.PrimaryKey.Count > 0 && string.Equals(table.PrimaryKey[0], column.Name, StringComparison.OrdinalIgnoreCase);
        var key = isKey ? "*" : "";
        if (referenceByColumn.TryGetValue(Key(table.Name, column.Name), out var reference))
            return name + key + ">" + reference;

        return column.Type switch
        {
            _ when isKey => name + key,
            ColumnType.Number => name + " num",
            ColumnType.Time => name + " time",
            _ => name,
        };
    }

    private static Dictionary<(string Table, string Column), string> References(DatabaseSchema schema)
    {
        var references = new Dictionary<(string Table, string Column), string>();
        foreach (var key in schema.ForeignKeys.Where(key => SchemaName.IsWritable(key.ReferencedTable)))
        {
            for (var i = 0; i < key.Columns.Count; i++)
            {
                if (SchemaName.IsWritable(key.ReferencedColumns[i]))
                {
                    // A column with two references shows its first one.
                    references.TryAdd(
                        Key(key.Table, key.Columns[i]),
                        SchemaName.Write(key.ReferencedTable) + "." + SchemaName.Write(key.ReferencedColumns[i]));
                }
            }
        }

        return references;
    }

    private static (string Table, string Column) Key(string table, string column) =>
        (table.ToUpperInvariant(), column.ToUpperInvariant());

    private static string DatabaseName(string name)
    {
        var line = string.Concat(name.Where(c => !char.IsControl(c) && !char.IsSurrogate(c) && c is not ('\u2028' or '\u2029')));
#pragma warning disable CA1308 // Lower case is the format.
        return line[..Math.Min(line.Length, SchemaName.MaxLength)].ToLowerInvariant();
#pragma warning restore CA1308
    }
}
