namespace TaskServices.Inference.Scheduling;

/// <summary>The bounded queue in front of the engine's thread, first in, first out. Thread safe.</summary>
internal sealed class RequestQueue(int capacity, TimeSpan timeout, int slotCount, RequestObserver observer)
{
    private readonly object _gate = new();
    private readonly List<Sequence> _waiting = [];
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

    /// <param name="group">Takes the head only if it belongs to this group; null takes any.</param>
    public Sequence? TryDequeue(Sequence? group = null)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 || (group is not null && _waiting[0].Group != group))
                return null;
            var sequence = _waiting[0];
            _waiting.RemoveAt(0);
            observer.Queued(-1);
            return sequence;
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
                sequence.SubmittedAt = observer.Time.GetTimestamp();
                _waiting.Add(sequence);
            }

            observer.Queued(sequences.Length);
            Monitor.Pulse(_gate);
        }
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
        _waiting.RemoveAt(index);
        observer.Queued(-1);
        observer.Failed(sequence, exception); // Continuations run elsewhere (RunContinuationsAsynchronously), not under the lock.
    }
}
