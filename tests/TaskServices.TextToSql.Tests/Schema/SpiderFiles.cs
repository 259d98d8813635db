using System.Text.Json;
using TaskServices.Testing;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Tests.Schema;

/// <summary>Spider's files in the reference folder, where it is present.</summary>
internal static class SpiderFiles
{
    public const string Absent = "the reference folder ../shared is absent";

    public static string? TryDatabase(string databaseId) =>
        TestFiles.TryShared("data", "sql", "spider", "database", databaseId, databaseId + ".sqlite")
        ?? TestFiles.TryShared("data", "sql", "spider", "database_reconstructed", databaseId, databaseId + ".sqlite");

    public static IReadOnlyList<JsonElement> ReadLines(string path) =>
        [.. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Reads tables.json: schemas in its order and with its types, by database.</summary>
    public static Dictionary<string, DatabaseSchema> ReadTables(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.EnumerateArray().Select(ReadSchema).ToDictionary(schema => schema.Name);
    }

    private static DatabaseSchema ReadSchema(JsonElement json)
    {
        var tableNames = json.GetProperty("table_names_original").EnumerateArray().Select(name => name.GetString()!).ToList();
        var types = json.GetProperty("column_types").EnumerateArray().Select(type => type.GetString()!).ToList();
        var columns = json.GetProperty("column_names_original").EnumerateArray()
            .Select(column => (Table: column[0].GetInt32(), Name: column[1].GetString()!)).ToList();
        var keys = json.GetProperty("primary_keys").EnumerateArray().Select(key => key.GetInt32()).ToList();
        var tables = tableNames.Select((name, table) => new TableSchema(
            name,
            [.. columns.Select((column, i) => (column, i)).Where(c => c.column.Table == table).Select(c => new ColumnSchema(c.column.Name, types[c.i], ToType(types[c.i])))],
            [.. keys.Where(key => columns[key].Table == table).Select(key => columns[key].Name)])).ToList();
        var foreignKeys = json.GetProperty("foreign_keys").EnumerateArray().Select(pair => (From: columns[pair[0].GetInt32()], To: columns[pair[1].GetInt32()]))
            .Select(pair => new ForeignKey(tableNames[pair.From.Table], [pair.From.Name], tableNames[pair.To.Table], [pair.To.Name]));
        return new DatabaseSchema(json.GetProperty("db_id").GetString()!, tables, [.. foreignKeys]);
    }

    private static ColumnType ToType(string type) => type switch
    {
        "number" => ColumnType.Number,
        "time" => ColumnType.Time,
        "boolean" => ColumnType.Boolean,
        "text" => ColumnType.Text,
        _ => ColumnType.Other,
    };
}
