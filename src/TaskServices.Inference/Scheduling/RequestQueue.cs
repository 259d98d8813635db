namespace TaskServices.Inference.Scheduling;

/// <summary>The bounded queue in front of the engine's thread: tenants take turns, each first in, first out. Thread safe.</summary>
internal sealed class RequestQueue(int capacity, TimeSpan timeout, int slotCount, RequestObserver observer)
{
    /// <summary>How many waiting sequences are looked at for one that may pass the others.</summary>
    private const int MostJudged = 32;

    private readonly object _gate = new();
    private readonly List<Sequence> _waiting = []; // In the order of submission.
    private readonly FairShares _shares = new();
    private Exception? _closed;

    public bool IsClosed => Volatile.Read(ref _closed) is not null;

    /// <summary>Adds all sequences or none.</summary>
    /// <exception cref="EngineBusyException"><c>QUEUE_FULL</c>.</exception>
    public void Enqueue(ReadOnlySpan<Sequence> sequences)
    {
        foreach (var sequence in sequences)
            sequence.OnCancelled(RemoveCancelled);
        try
        {
            Add(sequences);
        }
        catch
        {
            foreach (var sequence in sequences)
                sequence.Abandon();
            throw;
        }

        // A call back that came before the sequence was in the queue did not find it.
        foreach (var sequence in sequences)
        {
            if (sequence.CancellationToken.IsCancellationRequested)
                RemoveCancelled(sequence);
        }
    }

    /// <summary>Takes the sequence whose turn it is.</summary>
    /// <param name="group">Takes it only if it belongs to this group; null takes any.</param>
    public Sequence? TryDequeue(Sequence? group = null)
    {
        lock (_gate)
        {
            var index = IndexOfNext();
            return index < 0 || (group is not null && _waiting[index].Group != group) ? null : Take(index);
        }
    }

    /// <summary>Takes the first of the longest waiting sequences that may pass those before it.</summary>
    /// <param name="mayPass">Judges one sequence; called under the queue's lock, at most <see cref="MostJudged"/> times.</param>
    public Sequence? TryDequeue(Func<Sequence, bool> mayPass)
    {
        lock (_gate)
        {
            for (var i = 0; i < Math.Min(_waiting.Count, MostJudged); i++)
            {
                if (mayPass(_waiting[i]))
                    return Take(i);
            }

            return null;
        }
    }

    /// <summary>Waits until a sequence waits.</summary>
    /// <returns>False once the queue is closed.</returns>
    public bool WaitForWork()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && _closed is null)
                Monitor.Wait(_gate);
            return _closed is null;
        }
    }

    /// <summary>Fails what waited too long.</summary>
    public void RemoveExpired()
    {
        lock (_gate)
        {
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                var sequence = _waiting[i];
                var waited = observer.Time.GetElapsedTime(sequence.SubmittedAt);
                if (waited >= sequence.Timeout)
                    Fail(i, DeadlineExceeded(sequence));
                else if (waited >= timeout)
                    Fail(i, new EngineBusyException("QUEUE_TIMEOUT", $"The request waited {waited.TotalSeconds:0.0} s for a KV slot.", RetryAfter));
            }
        }
    }

    /// <summary>Closes the queue and fails what waits in it.</summary>
    public void Close(Exception reason)
    {
        lock (_gate)
        {
            Volatile.Write(ref _closed, _closed ?? reason);
            for (var i = _waiting.Count - 1; i >= 0; i--)
                Fail(i, Stopped(reason));
            Monitor.PulseAll(_gate);
        }
    }

    public static InferenceException Stopped(Exception reason) => reason is InferenceException failure
        ? new InferenceException(failure.Reason, failure.Message, failure.InnerException)
        : new InferenceException("ENGINE_STOPPED", "The inference engine was stopped; send the request to another one or start it again.");

    public static InferenceException DeadlineExceeded(Sequence sequence) => new(
        "DEADLINE_EXCEEDED", $"The request did not end within its {sequence.Timeout!.Value.TotalSeconds:0.###} s.");

    /// <summary>Gets the time in which a quarter of the waiting requests should get a slot.</summary>
    private TimeSpan RetryAfter =>
        TimeSpan.FromSeconds(Math.Clamp(observer.AverageServiceTime.TotalSeconds * Math.Max(1, _waiting.Count / 4) / slotCount, 0.05, 60));

    private void Add(ReadOnlySpan<Sequence> sequences)
    {
        lock (_gate)
        {
            if (_closed is not null)
                throw _closed is ObjectDisposedException ? new ObjectDisposedException(nameof(InferenceEngine)) : Stopped(_closed);
            if (_waiting.Count + sequences.Length > capacity)
            {
                throw new EngineBusyException(
                    "QUEUE_FULL", $"{_waiting.Count} requests wait and {capacity} may; try again in {RetryAfter.TotalSeconds:0.0} s.", RetryAfter);
            }

            foreach (var sequence in sequences)
            {
                sequence.Place = _shares.Reserve(sequence.Tenant, sequence.TokenLimit);
                _waiting.Add(sequence);
            }

            observer.Queued(sequences.Length);
            Monitor.Pulse(_gate);
        }
    }

    private int IndexOfNext()
    {
        var next = -1;
        for (var i = 0; i < _waiting.Count; i++)
        {
            if (next < 0 || _waiting[i].Place < _waiting[next].Place)
                next = i;
        }

        return next;
    }

    private Sequence Take(int index)
    {
        var sequence = _waiting[index];
        _shares.Start(sequence.Place);
        Remove(index);
        return sequence;
    }

    private void Remove(int index)
    {
        _waiting.RemoveAt(index);
        if (_waiting.Count == 0)
            _shares.Clear();
        observer.Queued(-1);
    }

    private void RemoveCancelled(Sequence sequence)
    {
        lock (_gate)
        {
            var index = _waiting.IndexOf(sequence);
            if (index >= 0)
                Fail(index, new OperationCanceledException(sequence.CancellationToken));
        }
    }

    private void Fail(int index, Exception exception)
    {
        var sequence = _waiting[index];
        Remove(index);
        observer.Failed(sequence, exception); // Continuations run elsewhere (RunContinuationsAsynchronously), not under the lock.
    }
}
