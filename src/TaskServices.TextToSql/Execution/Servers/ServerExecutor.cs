using System.Data;
using System.Data.Common;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Execution.Servers;

/// <summary>What executing on every ADO.NET engine has in common: word fence, session fence, deadline, cost gate, typed failures.</summary>
internal abstract class ServerExecutor : IQueryExecutor
{
    protected abstract SqlDialect Dialect { get; }

    /// <summary>Gets where the database is, for messages: never with a password.</summary>
    protected abstract string Place { get; }

    public Task<QueryResult> ExecuteAsync(ExecutableQuery query, AccessGrant grant, QueryLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(grant);
        ArgumentNullException.ThrowIfNull(limits);
        StatementFence.Check(query.Sql, Dialect);
        return RunAsync(query, limits, cancellationToken);
    }

    /// <summary>Runs a text behind the engine's own fences only, which must hold alone.</summary>
    internal async Task<QueryResult> RunAsync(ExecutableQuery query, QueryLimits limits, CancellationToken cancellationToken)
    {
        var deadline = new QueryDeadline(limits.Duration, cancellationToken);
        DbConnection? connection = null;
        try
        {
            connection = await OpenAsync(deadline.Token).ConfigureAwait(false);
            var command = await BeginAsync(connection, query, limits, deadline).ConfigureAwait(false);

            // Sequential access: a long cell is cut while it is read, not after.
            var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, deadline.Token).ConfigureAwait(false);
            if (reader.FieldCount == 0)
                throw StatementFence.Refused("a statement without rows");
            return new ServerQueryResult(this, connection, command, reader, deadline, limits);
        }
        catch (Exception exception)
        {
            var typed = Explain(exception, deadline);
            if (connection is not null)
                await ReleaseAsync(connection).ConfigureAwait(false);
            deadline.Dispose();
            if (ReferenceEquals(typed, exception))
                throw;
            throw typed;
        }
    }

    public async Task<DatabaseSchema> ReadSchemaAsync(string name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new QueryDeadline(timeout, cancellationToken);
        try
        {
            var connection = await OpenAsync(deadline.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                return await ServerSchemaReader.ReadAsync(connection, Dialect, name, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            var typed = Explain(exception, deadline);
            if (ReferenceEquals(typed, exception))
                throw;
            throw typed;
        }
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Reads one cell as one of the types of <see cref="QueryResult.ReadRowsAsync"/>; text and bytes come through <paramref name="cells"/>.</summary>
    internal abstract object? ReadCell(DbDataReader reader, int column, ServerCells cells);

    /// <summary>Names a failure; the exception itself where it is typed already or none of the engine's.</summary>
    internal Exception Explain(Exception exception, QueryDeadline deadline)
    {
        if (exception is TextToSqlException || (exception is not (DbException or OperationCanceledException or InvalidOperationException or NotSupportedException or TimeoutException or FormatException or OverflowException)))
            return exception;
        return deadline.Explain(exception) ?? ToTyped(exception);
    }

    /// <summary>Gives the connection back to its pool, or closes it.</summary>
    internal static async ValueTask ReleaseAsync(DbConnection connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (DbException)
        {
            // A connection that broke is gone already.
        }
    }

    protected abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Raises the session's fences and prepares the one command.</summary>
    protected abstract Task<DbCommand> BeginAsync(DbConnection connection, ExecutableQuery query, QueryLimits limits, QueryDeadline deadline);

    /// <summary>Names an engine's failure. The engine's own text stays inside: it can carry stored values.</summary>
    protected abstract Exception ToTyped(Exception exception);

    protected static TextToSqlException Failed(Exception exception) =>
        new("QUERY_FAILED", "The engine refused the statement or failed to run it.", exception);

    protected static TextToSqlException Refused(Exception exception) =>
        new("QUERY_REFUSED", "The statement reads what is not granted, or is not a plain SELECT.", exception);

    protected TextToSqlException Unreachable(Exception exception) =>
        new("DATABASE_UNREACHABLE", $"{Place}: the server does not answer; check that it runs and that address and port are right.", exception);

    protected TextToSqlException LoginFailed(Exception exception) =>
        new("DATABASE_LOGIN_FAILED", $"{Place}: the server refused the user name or the password.", exception);
}
