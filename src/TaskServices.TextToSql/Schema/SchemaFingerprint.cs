using System.Security.Cryptography;
using System.Text;

namespace TaskServices.TextToSql.Schema;

/// <summary>Hashes what a schema says, without its name and without row estimates, which change all the time.</summary>
internal static class SchemaFingerprint
{
    // Control characters, so that no name can pretend to be two.
    private const char Field = '\u001f';
    private const char Record = '\u001e';

    public static string Compute(DatabaseSchema schema)
    {
        var text = new StringBuilder();
        foreach (var table in schema.Tables)
        {
            text.Append(table.Name).Append(Field).AppendJoin(',', table.PrimaryKey).Append(Field).Append(table.Comment).Append(Record);
            foreach (var column in table.Columns)
                text.Append(column.Name).Append(Field).Append(column.DeclaredType).Append(Field).Append(column.Comment).Append(Record);
        }

        foreach (var key in schema.ForeignKeys)
        {
            text.Append(key.Table).Append(Field).AppendJoin(',', key.Columns).Append(Field)
                .Append(key.ReferencedTable).Append(Field).AppendJoin(',', key.ReferencedColumns).Append(Record);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
