using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace TaskServices.Evals.Contenders;

/// <summary>A database as a general model is shown it: its CREATE TABLE statements, each with three of its rows.</summary>
internal static class SchemaScript
{
    private const int Rows = 3;
    private const int MaxCellLength = 60;

    public static string Read(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        var text = new StringBuilder();
        foreach (var (name, sql) in Tables(connection))
        {
            text.Append(sql).AppendLine(";");
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\" LIMIT {Rows}";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                text.Append("-- ").AppendJoin(" | ", Enumerable.Range(0, reader.FieldCount).Select(i => Cell(reader, i))).AppendLine();
            }
        }

        return text.ToString();
    }

    private static List<(string Name, string Sql)> Tables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' AND sql IS NOT NULL ORDER BY rowid";
        using var reader = command.ExecuteReader();
        var tables = new List<(string, string)>();
        while (reader.Read())
        {
            tables.Add((reader.GetString(0), reader.GetString(1)));
        }

        return tables;
    }

    private static string Cell(SqliteDataReader reader, int column)
    {
        var text = reader.IsDBNull(column) ? "NULL"
            : reader.GetFieldType(column) == typeof(byte[]) ? "<blob>"
            : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture)!.ReplaceLineEndings(" ");
        return text.Length <= MaxCellLength ? text : text[..MaxCellLength] + "…";
    }
}
