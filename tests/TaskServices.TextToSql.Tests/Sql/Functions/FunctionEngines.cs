using System.Data.Common;
using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Tests.Engines;

namespace TaskServices.TextToSql.Tests.Sql.Functions;

/// <summary>The table <c>v</c> on every engine that can be had here: negative, zero, nothing, empty, beyond ASCII, leap day, edges of ISO years.</summary>
internal sealed class FunctionEngines : IDisposable
{
    private static readonly (string Name, string Type)[] Columns =
        [("i", "integer"), ("n", "integer"), ("x", "double"), ("s", "varchar(40)"), ("s2", "varchar(40)"), ("d", "date"), ("ts", "timestamp"), ("j", "json"), ("g", "integer"), ("z", "integer"), ("one", "integer")];

    private const string Rows = """
        (1, -7, -2.5, 'Größe', 'x', '2024-02-29', '2024-02-29 12:30:01', '{"a": [1, 2], "b": "x"}', 1, NULL, 1),
        (2, 0, 0.0, '', 'y', '2024-12-30', '2024-12-30 00:00:00', '{"a": [], "b": "ü"}', 1, NULL, 1),
        (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2, NULL, 1),
        (4, 42, 2.5, 'abc abc', 'z', '2021-01-03', '2021-01-03 23:59:59', '{"a": [5, 6, 7]}', 3, NULL, 1)
        """;

    private readonly Dictionary<SqlDialect, DbConnection> _connections = [];

    public FunctionEngines()
    {
        Open(SqlDialect.Sqlite, new SqliteConnection("Data Source=:memory:"));
        Open(SqlDialect.DuckDb, new DuckDBConnection("DataSource=:memory:"));
        if (RealPostgres.TryCreateDatabase() is { } postgres)
            Open(SqlDialect.Postgres, new NpgsqlConnection(postgres));
        if (RealMariaDb.TryCreateDatabase() is { } mariaDb)
            Open(SqlDialect.MySql, new MySqlConnection(mariaDb));
    }

    public IEnumerable<SqlDialect> Dialects => _connections.Keys;

    public static DatabaseSchema Schema(SqlDialect dialect) => new(
        "v", [new TableSchema("v", [.. Columns.Select(column => new ColumnSchema(column.Name, TypeOn(column.Type, dialect), ColumnType.Other))], ["i"])], []);

    /// <summary>Executes a query and gets its first column in a form that engines share: numbers to nine digits, dates as text.</summary>
    public IReadOnlyList<string> Execute(string sql, SqlDialect dialect)
    {
        using var command = _connections[dialect].CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var cells = new List<string>();
        while (reader.Read())
            cells.Add(Shared(LoadedDatabase.Cell(reader.GetValue(0))));
        return cells;
    }

    public void Dispose()
    {
        foreach (var connection in _connections.Values)
            connection.Dispose();
    }

    private static string Shared(object? cell) => cell switch
    {
        null => "NULL",
        long or double => Convert.ToDouble(cell, CultureInfo.InvariantCulture) is var number && Math.Abs(number) < 1e-9 ? "0" : Convert.ToDouble(cell, CultureInfo.InvariantCulture).ToString("G9", CultureInfo.InvariantCulture),
        string text => text.EndsWith(" 00:00:00", StringComparison.Ordinal) ? $"'{text[..^9]}'" : $"'{text}'",
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    };

    private static string TypeOn(string type, SqlDialect dialect) => (type, dialect) switch
    {
        ("double", SqlDialect.Postgres) => "double precision",
        ("json", SqlDialect.Postgres) => "jsonb",
        ("timestamp", SqlDialect.MySql) => "datetime",
        ("json", SqlDialect.Sqlite) => "text",
        _ => type,
    };

    private void Open(SqlDialect dialect, DbConnection connection)
    {
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"CREATE TABLE v({string.Join(", ", Columns.Select(column => column.Name + " " + TypeOn(column.Type, dialect)))})";
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO v VALUES " + Rows;
        command.ExecuteNonQuery();
        _connections[dialect] = connection;
    }
}
