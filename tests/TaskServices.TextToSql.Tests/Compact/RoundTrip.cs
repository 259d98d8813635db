using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Tests.Compact;

/// <summary>Gold query → compact → expanded → executed: the same rows?</summary>
internal sealed class RoundTrip(string spiderFolder)
{
    private readonly Dictionary<string, (DatabaseSchema Schema, SqliteConnection Connection)> _databases = [];

    public List<string> Losses { get; } = [];

    public int Count { get; private set; }

    public void Run(string questionsPath)
    {
        foreach (var line in File.ReadLines(questionsPath))
        {
            using var document = JsonDocument.Parse(line);
            var query = document.RootElement.GetProperty("query").GetString()!;
            var id = document.RootElement.GetProperty("id").GetString()!;
            var (schema, connection) = Open(document.RootElement.GetProperty("db_id").GetString()!);
            Count++;
            var compact = "";
            try
            {
                compact = CompactSql.Encode(SqlParser.Parse(query, SqlDialect.Sqlite), schema);
                var expansion = CompactSql.Expand(compact, schema);
                var sql = SqlPrinter.Print(expansion.Query, SqlDialect.Sqlite);
                if (Rows(connection, query) != Rows(connection, sql))
                {
                    Losses.Add($"{id} ROWS_DIFFER\n  {query}\n  {compact}\n  {sql}");
                }
            }
            catch (TextToSqlException exception)
            {
                Losses.Add($"{id} {exception.Reason} {exception.Message}\n  {query}\n  {compact}");
            }
        }
    }

    private (DatabaseSchema Schema, SqliteConnection Connection) Open(string database)
    {
        if (!_databases.TryGetValue(database, out var entry))
        {
            var path = new[] { "database", "database_reconstructed" }
                .Select(folder => Path.Combine(spiderFolder, folder, database, database + ".sqlite")).First(File.Exists);
            var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly");
            connection.Open();
            // Spider's gold queries write strings in double quotes.
            raw.sqlite3_db_config(connection.Handle, 1013, 1, out _);
            _databases[database] = entry = (SqliteSchemaReader.Read(path), connection);
        }

        return entry;
    }

    private static string Rows(SqliteConnection connection, string sql)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read() && rows.Count < 20_000)
            {
                rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "∅" : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
            }

            rows.Sort(StringComparer.Ordinal);
            return string.Join('\n', rows);
        }
        catch (SqliteException exception)
        {
            return "error: " + exception.Message;
        }
    }
}
