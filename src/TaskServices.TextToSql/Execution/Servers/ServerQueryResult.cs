using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;

namespace TaskServices.TextToSql.Execution.Servers;

/// <summary>Rows of a running statement on a server, read one at a time.</summary>
internal sealed class ServerQueryResult(
    ServerExecutor executor, DbConnection connection, DbCommand command, DbDataReader reader, QueryDeadline deadline, QueryLimits limits) : QueryResult
{
    private const int FixedCellBytes = 8;
    private readonly ServerCells _cells = new(limits.CellBytes);
    private bool _readToEnd;
    private string? _truncatedBy;

    public override IReadOnlyList<string> Columns { get; } = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];

    public override string? TruncatedBy => _truncatedBy ?? (_cells.AnyCut ? "CELL_LIMIT" : null);

    public override async IAsyncEnumerable<object?[]> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        deadline.Follow(cancellationToken);
        long rows = 0, bytes = 0;
        while (await ReadRowAsync().ConfigureAwait(false) is { } row)
        {
            bytes += row.Sum(CellBytes);
            _truncatedBy = ++rows > limits.Rows ? "ROW_LIMIT" : bytes > limits.ResultBytes ? "BYTE_LIMIT" : null;
            if (_truncatedBy is not null)
                yield break;
            yield return row;
        }

        _readToEnd = true;
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            // Closing a reader reads what is left of it, so the server is told to stop first.
            if (!_readToEnd)
                command.Cancel();
            await reader.DisposeAsync().ConfigureAwait(false);
            await command.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException or InvalidOperationException)
        {
            // The answer to the cancellation.
        }

        await ServerExecutor.ReleaseAsync(connection).ConfigureAwait(false);
        deadline.Dispose();
    }

    private async Task<object?[]?> ReadRowAsync()
    {
        try
        {
            if (!await reader.ReadAsync(deadline.Token).ConfigureAwait(false))
                return null;
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = await reader.IsDBNullAsync(i, deadline.Token).ConfigureAwait(false) ? null : executor.ReadCell(reader, i, _cells);
            return row;
        }
        catch (Exception exception)
        {
            var typed = executor.Explain(exception, deadline);
            if (ReferenceEquals(typed, exception))
                throw;
            throw typed;
        }
    }

    private static long CellBytes(object? cell) => cell switch
    {
        string text => FixedCellBytes + Encoding.UTF8.GetByteCount(text),
        byte[] bytes => FixedCellBytes + bytes.Length,
        _ => FixedCellBytes,
    };
}
