using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Execution;

/// <summary>Runs SELECT statements on one database, read-only, behind fences of its own that hold without the guard.</summary>
/// <remarks>Safe for use from several threads.</remarks>
public interface IQueryExecutor : IAsyncDisposable
{
    /// <summary>Starts a statement; its rows are read from the result.</summary>
    /// <param name="query">The guard's re-print, and the values of its parameters.</param>
    /// <param name="grant">Tables and columns that may be read; engines that can be told so enforce it themselves.</param>
    /// <param name="limits">Bounds; the time runs from this call to the last row.</param>
    /// <exception cref="TextToSqlException">
    /// Reason <c>QUERY_REFUSED</c> (a fence stopped it), <c>QUERY_TIMED_OUT</c>, <c>QUERY_TOO_EXPENSIVE</c>, <c>QUERY_TOO_LARGE</c>, <c>QUERY_FAILED</c>,
    /// <c>DATABASE_LOCKED</c>, <c>DATABASE_BUSY</c>, <c>DATABASE_NOT_FOUND</c>, <c>DATABASE_UNREACHABLE</c>, <c>DATABASE_LOGIN_FAILED</c>,
    /// <c>DATABASE_CORRUPT</c>, <c>DATABASE_UNREADABLE</c>, <c>NOT_A_DATABASE</c>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the engine has stopped.</exception>
    Task<QueryResult> ExecuteAsync(ExecutableQuery query, AccessGrant grant, QueryLimits limits, CancellationToken cancellationToken);

    /// <summary>Reads tables, columns and keys that the login may read.</summary>
    /// <param name="name">Name that the schema gets.</param>
    /// <param name="timeout">Longest time that a server may take.</param>
    /// <exception cref="TextToSqlException">As <see cref="ExecuteAsync"/>, or <c>SCHEMA_EMPTY</c> or <c>SCHEMA_TOO_LARGE</c>.</exception>
    Task<DatabaseSchema> ReadSchemaAsync(string name, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <summary>A statement with the values of its named parameters.</summary>
/// <param name="Sql">One SELECT: the guard's re-print.</param>
/// <param name="Parameters">Values by name, without the dialect's sign; null, string, long, double, decimal, bool or DateTime.</param>
public sealed record ExecutableQuery(string Sql, IReadOnlyDictionary<string, object?> Parameters)
{
    /// <summary>A statement without parameters.</summary>
    public ExecutableQuery(string sql)
        : this(sql, new Dictionary<string, object?>())
    {
    }
}
