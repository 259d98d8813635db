using System.Diagnostics;
using SQLitePCL;

namespace TaskServices.TextToSql.Execution;

/// <summary>Interrupts the engine after a time or on cancellation, through its progress handler.</summary>
/// <remarks>
/// CommandTimeout does not do it: Microsoft.Data.Sqlite obeys it only while it waits for a lock. The engine then fails with SQLITE_INTERRUPT.
/// </remarks>
internal sealed class SqliteClock : IDisposable
{
    // Virtual machine steps between two looks: about 10 µs of work.
    private const int StepsBetweenLooks = 1_000;
    private readonly sqlite3 _handle;
    private readonly TimeSpan _limit;
    private readonly CancellationToken _cancellationToken;
    private readonly long _start = Stopwatch.GetTimestamp();

    public SqliteClock(sqlite3 handle, TimeSpan limit, CancellationToken cancellationToken)
    {
        _handle = handle;
        _limit = limit;
        _cancellationToken = cancellationToken;
        raw.sqlite3_progress_handler(handle, StepsBetweenLooks, static clock => ((SqliteClock)clock).MustStop ? 1 : 0, this);
    }

    /// <summary>Gets a second token to obey, set while rows are read.</summary>
    public CancellationToken ReaderToken { get; set; }

    public bool IsTimedOut => Stopwatch.GetElapsedTime(_start) >= _limit;

    public bool IsCancelled => _cancellationToken.IsCancellationRequested || ReaderToken.IsCancellationRequested;

    private bool MustStop => IsCancelled || IsTimedOut;

    /// <summary>Makes the exception of the token that was cancelled.</summary>
    public OperationCanceledException Cancelled(Exception cause) =>
        new("The query was cancelled.", cause, ReaderToken.IsCancellationRequested ? ReaderToken : _cancellationToken);

    public void Dispose()
    {
        if (!_handle.IsClosed)
            raw.sqlite3_progress_handler(_handle, 0, null, null);
    }
}
