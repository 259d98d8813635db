namespace TaskServices.TextToSql.Execution;

/// <summary>A running, read-only query: its columns are known, its rows are streamed. Dispose it to free the connection.</summary>
/// <remarks>Not thread safe.</remarks>
public abstract class QueryResult : IAsyncDisposable
{
    /// <summary>Gets the names of the result's columns, in order; they need not be unique.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>
    /// Reads rows until the end or a limit. Cells are null, long, double, decimal, string, bool, DateTime, DateOnly or byte[].
    /// </summary>
    /// <exception cref="TextToSqlException">Reason <c>QUERY_TIMED_OUT</c> or <c>QUERY_FAILED</c>.</exception>
    public abstract IAsyncEnumerable<object?[]> ReadRowsAsync(CancellationToken cancellationToken);

    /// <summary>Gets, once the rows are read, which limit cut them (<c>ROW_LIMIT</c>, <c>BYTE_LIMIT</c>), or null.</summary>
    public abstract string? TruncatedBy { get; }

    public abstract ValueTask DisposeAsync();
}
