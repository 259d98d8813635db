using System.Data.Common;
using Dapper;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Schema;

/// <summary>Reads tables, views, columns, keys and comments of a database server in three queries, whatever the number of tables.</summary>
internal static class ServerSchemaReader
{
    /// <param name="name">Name that the schema gets.</param>
    /// <exception cref="TextToSqlException">Reason <c>SCHEMA_EMPTY</c> or <c>SCHEMA_TOO_LARGE</c>.</exception>
    /// <exception cref="DbException">The engine failed.</exception>
    public static async Task<DatabaseSchema> ReadAsync(DbConnection connection, SqlDialect dialect, string name, CancellationToken cancellationToken)
    {
        var queries = CatalogQueries.For(dialect);
        var tableRows = await QueryAsync<TableRow>(queries.Tables).ConfigureAwait(false);
        if (tableRows.Count > SqliteSchemaReader.MaxTables)
            throw new TextToSqlException("SCHEMA_TOO_LARGE", $"{name}: more than {SqliteSchemaReader.MaxTables:N0} tables; grant fewer, or give a smaller schema.");
        var columns = (await QueryAsync<ColumnRow>(queries.Columns).ConfigureAwait(false)).ToLookup(row => row.TableName, StringComparer.OrdinalIgnoreCase);
        var tables = tableRows.DistinctBy(row => row.Name, StringComparer.OrdinalIgnoreCase).Select(row => ToTable(row, columns[row.Name])).OfType<TableSchema>().ToList();
        if (tables.Count == 0)
            throw new TextToSqlException("SCHEMA_EMPTY", $"{name}: the login may read no table of the current schema; grant it some, or check that this is the database you meant.");
        var schema = new DatabaseSchema(name, tables, []);
        var keys = (await QueryAsync<KeyRow>(queries.ForeignKeys).ConfigureAwait(false)).GroupBy(row => row.Id);
        return schema with { ForeignKeys = [.. keys.Select(key => ToForeignKey([.. key], schema)).OfType<ForeignKey>()] };

        async Task<List<T>> QueryAsync<T>(string sql) =>
            (await connection.QueryAsync<T>(new CommandDefinition(sql, cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();
    }

    private static TableSchema? ToTable(TableRow row, IEnumerable<ColumnRow> rows)
    {
        var columns = rows.DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase).ToList();
        if (columns.Count == 0)
            return null;
        var key = columns.Where(column => column.KeyPosition > 0).OrderBy(column => column.KeyPosition).Select(column => column.Name).ToList();
        return new(
            row.Name,
            [.. columns.Select(column => new ColumnSchema(column.Name, column.Type ?? "", DeclaredTypes.ToColumnType(column.Type ?? ""), column.Comment))],
            key,
            row.Comment,
            row.RowEstimate);
    }

    /// <summary>Keys to or from what the login may not read do not exist for it.</summary>
    private static ForeignKey? ToForeignKey(List<KeyRow> parts, DatabaseSchema schema)
    {
        var table = schema.FindTable(parts[0].TableName);
        var referenced = schema.FindTable(parts[0].ReferencedTable);
        return table is null || referenced is null
            || parts.Exists(part => table.FindColumn(part.ColumnName) is null || referenced.FindColumn(part.ReferencedColumn) is null)
            ? null
            : new(table.Name, [.. parts.Select(part => part.ColumnName)], referenced.Name, [.. parts.Select(part => part.ReferencedColumn)]);
    }

    private sealed class TableRow
    {
        public string Name { get; init; } = "";

        public string? Comment { get; init; }

        public long? RowEstimate { get; init; }
    }

    private sealed class ColumnRow
    {
        public string TableName { get; init; } = "";

        public string Name { get; init; } = "";

        public string? Type { get; init; }

        public string? Comment { get; init; }

        public long KeyPosition { get; init; }
    }

    private sealed class KeyRow
    {
        public long Id { get; init; }

        public string TableName { get; init; } = "";

        public string ColumnName { get; init; } = "";

        public string ReferencedTable { get; init; } = "";

        public string ReferencedColumn { get; init; } = "";
    }
}
