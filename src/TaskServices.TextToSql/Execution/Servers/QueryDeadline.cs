using System.Diagnostics;

namespace TaskServices.TextToSql.Execution.Servers;

/// <summary>The time of one execution: a token for the provider, which tells the server to stop when the time is over or the caller leaves.</summary>
internal sealed class QueryDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _limit;
    private readonly long _start = Stopwatch.GetTimestamp();
    private CancellationTokenRegistration _reader;
    private CancellationToken _readerToken;

    public QueryDeadline(TimeSpan limit, CancellationToken caller)
    {
        (_limit, _caller) = (limit, caller);
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _source.CancelAfter(limit);
    }

    public CancellationToken Token => _source.Token;

    public TimeSpan Remaining => _limit - Stopwatch.GetElapsedTime(_start) is { } left && left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);

    /// <summary>Obeys a second token from here on: that of whoever reads the rows.</summary>
    public void Follow(CancellationToken readerToken)
    {
        _reader.Dispose();
        _readerToken = readerToken;
        _reader = readerToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    /// <summary>Names a failure that this deadline caused; null where it did not.</summary>
    public Exception? Explain(Exception exception)
    {
        if (_caller.IsCancellationRequested || _readerToken.IsCancellationRequested)
            return new OperationCanceledException("The query was cancelled.", exception, _readerToken.IsCancellationRequested ? _readerToken : _caller);
        // The source's timer may fire a moment before the clock here says so.
        return _source.IsCancellationRequested || Stopwatch.GetElapsedTime(_start) >= _limit
            ? new TextToSqlException("QUERY_TIMED_OUT", $"The query did not finish within {_limit.TotalSeconds:0.###} s; ask for less, or narrow it.", exception)
            : null;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _source.Dispose();
    }
}
