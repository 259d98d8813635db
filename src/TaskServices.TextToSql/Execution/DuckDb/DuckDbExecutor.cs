using System.Data.Common;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Dapper;
using DuckDB.NET.Data;
using TaskServices.TextToSql.Execution.Servers;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Execution.DuckDb;

/// <summary>Executes on a DuckDB file: opened read-only with every way out of it closed and the settings locked; the engine's own parser counts statements.</summary>
internal sealed class DuckDbExecutor : ServerExecutor
{
    private readonly string _path;
    private readonly string _connectionString;

    /// <param name="path">Path of the DuckDB file.</param>
    public DuckDbExecutor(string path)
    {
        _path = path;
        Place = "duckdb:" + path;
        _connectionString = new DuckDBConnectionStringBuilder { DataSource = path }
            + ";access_mode=READ_ONLY;enable_external_access=false;autoinstall_known_extensions=false;autoload_known_extensions=false;"
            + "allow_community_extensions=false;allow_unsigned_extensions=false;memory_limit=1GB;threads=2;lock_configuration=true";
    }

    protected override SqlDialect Dialect => SqlDialect.DuckDb;

    protected override string Place { get; }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(_path))
            throw new TextToSqlException("DATABASE_NOT_FOUND", $"{_path}: no such file.");
        var connection = new DuckDBConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    protected override async Task<DbCommand> BeginAsync(DbConnection connection, ExecutableQuery query, QueryLimits limits, QueryDeadline deadline)
    {
        // The engine's parser turns a SELECT into JSON and nothing else; calls and settings end in an error there.
        var tree = await connection.ExecuteScalarAsync<string>(new CommandDefinition(
            "SELECT json_serialize_sql($text::VARCHAR)::VARCHAR", new { text = query.Sql }, cancellationToken: deadline.Token)).ConfigureAwait(false);
        using (var document = JsonDocument.Parse(tree!, new JsonDocumentOptions { MaxDepth = 4096 }))
        {
            var root = document.RootElement;
            if (root.GetProperty("error").GetBoolean() || root.GetProperty("statements").GetArrayLength() != 1)
                throw StatementFence.Refused("another kind of statement, or more than one");
        }

#pragma warning disable CA2100 // The guard's re-print.
        var command = new DuckDBCommand(query.Sql, (DuckDBConnection)connection) { UseStreamingMode = true };
#pragma warning restore CA2100
        foreach (var (name, value) in query.Parameters)
        {
            if (query.Sql.Contains("$" + name, StringComparison.Ordinal))
                command.Parameters.Add(new DuckDBParameter(name, value ?? DBNull.Value));
        }

        return command;
    }

    internal override object? ReadCell(DbDataReader reader, int column, ServerCells cells)
    {
        var type = reader.GetFieldType(column);
        if (type == typeof(string))
            return cells.Cut(reader.GetString(column));
        if (type == typeof(Stream))
            return cells.ReadBytes(reader, column);
        return reader.GetValue(column) switch
        {
            BigInteger number => number >= long.MinValue && number <= long.MaxValue ? (long)number : DecimalText.Read(number.ToString(CultureInfo.InvariantCulture)),
            ulong number when number > long.MaxValue => (decimal)number,
            sbyte or byte or short or ushort or int or uint or long or ulong => Convert.ToInt64(reader.GetValue(column), CultureInfo.InvariantCulture),
            float or double => Convert.ToDouble(reader.GetValue(column), CultureInfo.InvariantCulture),
            bool or decimal or DateTime or DateOnly => reader.GetValue(column),
            DateTimeOffset time => time.UtcDateTime,
            TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
            Guid id => id.ToString(),
            var nested => cells.Cut(JsonSerializer.Serialize(nested)),
        };
    }

    protected override Exception ToTyped(Exception exception) => exception is not DuckDBException duck ? Failed(exception) : duck.ErrorType switch
    {
        DuckDB.NET.Native.DuckDBErrorType.Interrupt => new TextToSqlException("QUERY_TIMED_OUT", "The query was stopped; ask for less, or narrow it.", exception),
        DuckDB.NET.Native.DuckDBErrorType.OutOfMemory => new TextToSqlException("QUERY_TOO_LARGE", "The query needs more memory than the engine is allowed; ask for less.", exception),
        DuckDB.NET.Native.DuckDBErrorType.Io => new TextToSqlException("DATABASE_UNREADABLE", $"{Place}: cannot be read, or another program holds it for writing.", exception),
        DuckDB.NET.Native.DuckDBErrorType.Permission or DuckDB.NET.Native.DuckDBErrorType.InvalidInput => Refused(exception),
        _ => Failed(exception),
    };
}
