using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Execution;

/// <summary>Runs one SELECT on a SQLite file, read-only, behind fences of its own that hold without the guard.</summary>
/// <remarks>
/// Each call has its own connection: read-only handle, <see cref="SqliteFence"/>, engine limits, <see cref="SqliteClock"/>, no pool.
/// The file is byte-identical afterwards and nothing lies beside it. Safe for use from several threads.
/// </remarks>
/// <param name="path">Path of the SQLite file.</param>
public sealed class SqliteExecutor(string path) : IQueryExecutor
{
    public Task<QueryResult> ExecuteAsync(ExecutableQuery query, AccessGrant grant, QueryLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(grant);
        ArgumentNullException.ThrowIfNull(limits);

        // The engine is synchronous, and its first row may take the whole time.
        return Task.Run(() => StartAsync(query.Sql, query.Parameters, grant, limits, cancellationToken), cancellationToken);
    }

    public Task<DatabaseSchema> ReadSchemaAsync(string name, TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.Run(() => SqliteSchemaReader.Read(path) with { Name = name }, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<QueryResult> StartAsync(
        string sql, IReadOnlyDictionary<string, object?> parameters, AccessGrant grant, QueryLimits limits, CancellationToken cancellationToken)
    {
        var stamp = SqliteFile.GetStamp(path);
        var connection = SqliteFile.OpenReadOnly(path, out var immutable);
        SqliteClock? clock = null;
        try
        {
            SqliteFence.Raise(connection, grant, parameters.Count);
            clock = new SqliteClock(connection.Handle!, limits.Duration, cancellationToken);
            CheckSingleSelect(connection, sql);
            var command = new CommandDefinition(sql, new DynamicParameters(parameters), commandType: CommandType.Text, flags: CommandFlags.None, cancellationToken: CancellationToken.None);
            var reader = await connection.ExecuteReaderAsync(command).ConfigureAwait(false);
            return new SqliteQueryResult(path, connection, reader, clock, limits, immutable ? stamp : null);
        }
        catch (Exception exception)
        {
            var typed = ToTyped(exception, path, clock, limits);
            clock?.Dispose();
            await connection.DisposeAsync().ConfigureAwait(false);
            if (typed is null)
                throw;
            throw typed;
        }
    }

    /// <summary>Names a failure; null where it is typed already.</summary>
    internal static Exception? ToTyped(Exception exception, string path, SqliteClock? clock, QueryLimits limits) => exception switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT } when clock is { IsCancelled: true } => clock.Cancelled(exception),
        SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT } => new TextToSqlException(
            "QUERY_TIMED_OUT", $"The query did not finish within {limits.Duration.TotalSeconds:0.###} s; ask for less, or narrow it.", exception),
        SqliteException sqlite => SqliteErrors.ToTyped(sqlite, path),
        InvalidOperationException => new TextToSqlException("QUERY_FAILED", "The engine refused the statement or failed to run it.", exception),
        _ => null,
    };

    private static void CheckSingleSelect(SqliteConnection connection, string sql)
    {
        // Microsoft.Data.Sqlite would run every statement of the text, one after the other.
        var handle = connection.Handle!;
        var code = raw.sqlite3_prepare_v2(handle, sql, out var statement, out var tail);
        using (statement)
        {
            if (code != raw.SQLITE_OK)
                throw new SqliteException("Prepare failed.", code & 0xff, code);
            if (sql.Contains('\0', StringComparison.Ordinal) || statement.IsInvalid || raw.sqlite3_stmt_readonly(statement) == 0)
                throw Refused("another kind of statement");
            if (raw.sqlite3_column_count(statement) == 0)
                throw Refused("a statement without rows");
            if (raw.sqlite3_stmt_isexplain(statement) != 0)
                throw Refused("EXPLAIN");
            if (!string.IsNullOrWhiteSpace(tail))
                throw Refused("more than one statement");
        }
    }

    private static TextToSqlException Refused(string what) => new("QUERY_REFUSED", $"Only a single SELECT is executed; found {what}.");
}
