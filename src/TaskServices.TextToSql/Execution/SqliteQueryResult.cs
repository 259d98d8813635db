using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;

namespace TaskServices.TextToSql.Execution;

/// <summary>Rows of a running SQLite statement, read in small batches so that the caller never holds more than one of them.</summary>
internal sealed class SqliteQueryResult(
    string path, SqliteConnection connection, DbDataReader reader, SqliteClock clock, QueryLimits limits, SqliteFile.Stamp? stamp) : QueryResult
{
    private const int RowsPerBatch = 256;
    private const long BytesPerBatch = 1 << 20;
    private readonly SqliteCells _cells = new((SqliteDataReader)((IWrappedDataReader)reader).Reader, limits.CellBytes);
    private long _rows;
    private long _bytes;
    private bool _ended;
    private string? _truncatedBy;

    public override IReadOnlyList<string> Columns { get; } = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];

    public override string? TruncatedBy => _truncatedBy ?? (_cells.AnyCut ? "CELL_LIMIT" : null);

    public override async IAsyncEnumerable<object?[]> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        clock.ReaderToken = cancellationToken;
        while (!_ended)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var row in await Task.Run(ReadBatch, CancellationToken.None).ConfigureAwait(false))
                yield return row;
        }
    }

    private List<object?[]> ReadBatch()
    {
        var batch = new List<object?[]>();
        try
        {
            for (var batchStart = _bytes; !_ended && batch.Count < RowsPerBatch && _bytes - batchStart < BytesPerBatch;)
                ReadRow(batch);
        }
        catch (Exception exception)
        {
            _ended = true;
            if (SqliteExecutor.ToTyped(exception, path, clock, limits) is { } typed)
                throw typed;
            throw;
        }

        return batch;
    }

    private void ReadRow(List<object?[]> batch)
    {
        if (!reader.Read())
        {
            End(null);
            CheckUnchanged();
            return;
        }

        if (_rows >= limits.Rows)
        {
            End("ROW_LIMIT");
            return;
        }

        var row = _cells.ReadRow(out var rowBytes);
        if (_bytes + rowBytes > limits.ResultBytes)
        {
            End("BYTE_LIMIT");
            return;
        }

        _rows++;
        _bytes += rowBytes;
        batch.Add(row);
    }

    private void End(string? truncatedBy)
    {
        _ended = true;
        _truncatedBy = truncatedBy;
    }

    /// <summary>A file read without locks must be as it was, or the rows may be of two states.</summary>
    private void CheckUnchanged()
    {
        if (stamp is not null && SqliteFile.GetStamp(path) != stamp)
            throw new TextToSqlException("DATABASE_CHANGED", $"{path}: another program changed the database meanwhile; ask again.");
    }

    public override async ValueTask DisposeAsync()
    {
        _ended = true;
        clock.Dispose();
        await reader.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
