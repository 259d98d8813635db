using Dapper;
using Microsoft.Data.Sqlite;
using TaskServices.TextToSql.Execution;

namespace TaskServices.TextToSql.Schema;

/// <summary>Reads tables, views, columns and keys of a SQLite file. Never creates or changes the file.</summary>
public static class SqliteSchemaReader
{
    /// <summary>More tables than this are refused rather than read without bound.</summary>
    public const int MaxTables = 20_000;

    /// <summary>Reads the schema; tables come in the order in which they were created, <c>sqlite_*</c> tables do not exist.</summary>
    /// <param name="path">Path of the file. The schema takes its name.</param>
    /// <exception cref="TextToSqlException">
    /// Reason <c>DATABASE_NOT_FOUND</c>, <c>NOT_A_DATABASE</c>, <c>SCHEMA_EMPTY</c>, <c>SCHEMA_TOO_LARGE</c>, <c>DATABASE_LOCKED</c>,
    /// <c>DATABASE_CORRUPT</c> or <c>DATABASE_UNREADABLE</c>.
    /// </exception>
    public static DatabaseSchema Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var connection = SqliteFile.OpenReadOnly(path);
            return Read(connection, path);
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.ToTyped(exception, path);
        }
    }

    private static DatabaseSchema Read(SqliteConnection connection, string path)
    {
        var names = connection.Query<string>(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid")
            .DistinctBy(name => name, StringComparer.OrdinalIgnoreCase) // SQLite folds only ASCII: names that differ in É and é would meet here.
            .Take(MaxTables + 1)
            .ToList();
        if (names.Count > MaxTables)
            throw new TextToSqlException("SCHEMA_TOO_LARGE", $"{path}: more than {MaxTables:N0} tables; give a smaller schema.");

        var tables = names.Select(name => ReadTable(connection, name)).OfType<TableSchema>().ToList();
        if (tables.Count == 0)
            throw new TextToSqlException("SCHEMA_EMPTY", $"{path}: the database has no tables; check that this is the file you meant.");

        var schema = new DatabaseSchema(Path.GetFileNameWithoutExtension(path), tables, []);
        return schema with { ForeignKeys = [.. tables.SelectMany(table => ReadForeignKeys(connection, table, schema))] };
    }

    /// <summary>Reads one table; null for a view that no longer works, which can answer nothing.</summary>
    private static TableSchema? ReadTable(SqliteConnection connection, string name)
    {
        List<ColumnRow> rows;
        try
        {
            rows = connection.Query<ColumnRow>(
                "SELECT name AS Name, type AS Type, pk AS KeyPosition FROM pragma_table_info(@name) ORDER BY cid", new { name }).AsList();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == SqliteErrors.GenericError)
        {
            return null;
        }

        var columns = rows
            .DistinctBy(row => row.Name, StringComparer.OrdinalIgnoreCase)
            .Select(row => new ColumnSchema(row.Name, row.Type ?? "", DeclaredTypes.ToColumnType(row.Type ?? "")))
            .ToList();
        var key = rows.Where(row => row.KeyPosition > 0).OrderBy(row => row.KeyPosition).Select(row => row.Name).ToList();
        return columns.Count == 0 ? null : new TableSchema(name, columns, key);
    }

    private static IEnumerable<ForeignKey> ReadForeignKeys(SqliteConnection connection, TableSchema table, DatabaseSchema schema)
    {
        // SQLite numbers a table's keys from the last declared to the first.
        var parts = connection.Query<ForeignKeyRow>(
            "SELECT id AS Id, \"table\" AS ReferencedTable, \"from\" AS FromColumn, \"to\" AS ToColumn FROM pragma_foreign_key_list(@name) ORDER BY id DESC, seq",
            new { name = table.Name }).AsList();
        foreach (var key in parts.GroupBy(part => part.Id))
        {
            var referenced = schema.FindTable(key.First().ReferencedTable);
            if (referenced is null)
                continue;

            var from = key.Select(part => table.FindColumn(part.FromColumn)?.Name).OfType<string>().ToList();
            var to = key.Select(part => part.ToColumn is null ? null : referenced.FindColumn(part.ToColumn)?.Name).OfType<string>().ToList();
            if (key.All(part => part.ToColumn is null))
                to = [.. referenced.PrimaryKey]; // REFERENCES t means its primary key.

            if (from.Count == key.Count() && to.Count == from.Count)
                yield return new ForeignKey(table.Name, from, referenced.Name, to);
        }
    }

    private sealed class ColumnRow
    {
        public string Name { get; init; } = "";

        public string? Type { get; init; }

        public long KeyPosition { get; init; }
    }

    private sealed class ForeignKeyRow
    {
        public long Id { get; init; }

        public string ReferencedTable { get; init; } = "";

        public string FromColumn { get; init; } = "";

        public string? ToColumn { get; init; }
    }
}
