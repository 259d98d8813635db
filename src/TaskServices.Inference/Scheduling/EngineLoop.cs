using TaskServices.Inference.Models;

namespace TaskServices.Inference.Scheduling;

/// <summary>What the engine's one thread does: admit, prefill a chunk, decode a step, in turns.</summary>
internal sealed class EngineLoop : IDisposable
{
    private const int FailuresUntilStop = 3;

    private readonly IModelSession _session;
    private readonly RequestQueue _queue;
    private readonly RequestObserver _observer;
    private readonly InferenceOptions _options;
    private readonly KvSlots _slots;
    private readonly PrefixCache _cache;
    private readonly ModelRuns _runs;
    private readonly CompletionWriter _writer;
    private readonly DecodeBatch _batch;
    private readonly Scorer _scorer;
    private Sequence? _prefilling;
    private bool _isDecodeDue;

    public EngineLoop(IModelSession session, TokenChooser chooser, InferenceOptions options, RequestQueue queue, RequestObserver observer)
    {
        var vocabularySize = session.VocabularySize;
        (_session, _queue, _observer, _options) = (session, queue, observer, options);
        _slots = new KvSlots(session);
        _cache = new PrefixCache(options.PrefixCacheBytes, session.KvBytesPerToken);
        _runs = new ModelRuns(_slots, session.SlotCount, vocabularySize, observer);
        _writer = new CompletionWriter(_slots, chooser, vocabularySize, observer);
        _batch = new DecodeBatch(
            _slots, _runs, _writer, options, session.SlotCount, session.SlotCapacity, vocabularySize, observer);
        _scorer = new Scorer(_slots, _runs, vocabularySize);
    }

    /// <summary>Works until the queue closes, then fails what still runs.</summary>
    public void Run()
    {
        Exception reason = new ObjectDisposedException(nameof(InferenceEngine));
        try
        {
            while (!_queue.IsClosed)
                Turn();
        }
        catch (Exception exception)
        {
            reason = new InferenceException(
                "ENGINE_FAILED", "The inference engine stopped after repeated failures of the model session; restart it.", exception);
            _observer.EngineFailed(exception);
        }

        _queue.Close(reason);
        for (var row = 0; row < _batch.Count; row++)
            Fail(_batch[row], RequestQueue.Stopped(reason));
        if (_prefilling is not null)
            Fail(_prefilling, RequestQueue.Stopped(reason));
    }

    /// <summary>Frees the prefix cache and the session.</summary>
    public void Dispose()
    {
        _observer.Metrics?.RecordPrefixCacheUsage(_observer.Model, -_cache.UsedBytes);
        _cache.Dispose();
        _session.Dispose();
    }

    private void Turn()
    {
        DropCancelled();
        _queue.RemoveExpired();
        while (_prefilling is null && _batch.Count < _session.SlotCount && _queue.TryDequeue() is { } sequence)
            Admit(sequence);

        // A waiting prompt and the running sequences take turns, so that neither starves.
        if (_prefilling is not null && (_batch.Count == 0 || !_isDecodeDue))
        {
            Prefill(_prefilling);
            _isDecodeDue = true;
        }
        else if (_batch.Count > 0)
        {
            _batch.Step(allowSpeculation: _prefilling is null);
            _isDecodeDue = false;
        }
        else
        {
            _queue.WaitForWork();
        }

        if (_slots.ConsecutiveFailures >= FailuresUntilStop)
            throw new InferenceException("MODEL_RUN_FAILED", $"{FailuresUntilStop} model runs in a row failed.");
    }

    private void Admit(Sequence sequence)
    {
        if (!TryBegin(sequence))
            return;
        try
        {
            sequence.Slot = _batch.Count;
            sequence.ReusedTokenCount = Math.Min(
                sequence.PromptLength, _slots.Adopt(sequence.Slot, sequence.TokenIds, sequence.Count - 1, sequence.Adapter, _cache));
            _observer.Reused(sequence);
            if (sequence is GeneratedSequence generated && _slots.Length(sequence.Slot) == sequence.Count - 1)
                _batch.Add(generated); // Nothing to prefill: the last token joins the decode step.
            else
                _prefilling = sequence;
        }
        catch (InferenceException exception)
        {
            Fail(sequence, exception);
        }
    }

    /// <summary>Takes a sequence out of the waiting state.</summary>
    /// <returns>False where it has ended already.</returns>
    private bool TryBegin(Sequence sequence)
    {
        if (FailIfDropped(sequence))
            return false;
        sequence.AdmittedAt = _observer.Time.GetTimestamp();
        _observer.Admitted(sequence);
        try
        {
            if (sequence is GeneratedSequence generated)
                _writer.Begin(generated);
        }
        catch (Exception exception)
        {
            Fail(sequence, exception as InferenceException ?? DecodeBatch.GrammarFailed(exception));
        }

        return !sequence.IsFinished;
    }

    private void Prefill(Sequence sequence)
    {
        try
        {
            var pending = sequence.Count - _slots.Length(sequence.Slot);
            if (pending > _options.PrefillChunkTokens)
                _runs.Extend(sequence.Slot, _options.PrefillChunkTokens, 0);
            else if (sequence is GeneratedSequence generated)
                FinishPrefill(generated, _runs.Extend(sequence.Slot, pending, 1));
            else if (sequence is ScoredSequence scored && _scorer.Step(scored))
                FinishScoring(scored);
        }
        catch (Exception exception)
        {
            _prefilling = null;
            Fail(sequence, exception as InferenceException ?? DecodeBatch.GrammarFailed(exception));
        }
    }

    private void FinishScoring(ScoredSequence sequence)
    {
        _prefilling = null;
        sequence.Complete();
        _observer.Completed(sequence, null);
    }

    private void FinishPrefill(GeneratedSequence sequence, ReadOnlySpan<float> logits)
    {
        var length = sequence.Count;
        _writer.Continue(sequence, logits, length - 1);
        var usedBytes = _cache.UsedBytes;
        _cache.Keep(sequence.TokenIds.AsSpan(0, sequence.KeptPrefixLength), sequence.Adapter?.Version, _slots, sequence.Slot);
        _observer.Metrics?.RecordPrefixCacheUsage(_observer.Model, _cache.UsedBytes - usedBytes);
        _prefilling = null;
        if (!sequence.IsFinished)
            _batch.Add(sequence);
        if (sequence.Group is not null)
            Fork(sequence, length, logits);
    }

    /// <summary>Starts the sequences that wait with the same prompt from this one's KV and, where they choose next, its logits.</summary>
    private void Fork(GeneratedSequence first, int length, ReadOnlySpan<float> logits)
    {
        var source = first.Slot;
        while (_batch.Count < _session.SlotCount && _queue.TryDequeue(first.Group) is GeneratedSequence sequence)
        {
            if (!TryBegin(sequence))
                continue;
            try
            {
                var shared = sequence.TokenIds.AsSpan(0, sequence.Count).CommonPrefixLength(_slots.Held(source));
                var canChoose = sequence.Count == length && shared == length;
                sequence.Slot = _batch.Count;
                sequence.ReusedTokenCount = Math.Min(shared, sequence.PromptLength);
                _slots.Fork(source, sequence.Slot, sequence.TokenIds, canChoose ? shared : Math.Min(shared, sequence.Count - 1));
                source = sequence.Slot;
                _observer.Reused(sequence);
                if (canChoose)
                    _writer.Continue(sequence, logits, length - 1);
                if (!sequence.IsFinished)
                    _batch.Add(sequence);
            }
            catch (Exception exception)
            {
                Fail(sequence, exception as InferenceException ?? DecodeBatch.GrammarFailed(exception));
                return;
            }
        }
    }

    private void DropCancelled()
    {
        for (var row = 0; row < _batch.Count; row++)
            FailIfDropped(_batch[row]);
        _batch.Retire();
        if (_prefilling is not null && FailIfDropped(_prefilling))
            _prefilling = null;
    }

    private bool FailIfDropped(Sequence sequence)
    {
        if (sequence.CancellationToken.IsCancellationRequested)
            _observer.Failed(sequence, new OperationCanceledException(sequence.CancellationToken));
        else if (_observer.Time.GetElapsedTime(sequence.SubmittedAt) >= sequence.Timeout)
            _observer.Failed(sequence, RequestQueue.DeadlineExceeded(sequence));
        return sequence.IsFinished;
    }

    private void Fail(Sequence sequence, Exception exception)
    {
        if (sequence.Slot >= 0)
            _slots.Truncate(sequence.Slot, 0);
        _observer.Failed(sequence, exception);
    }
}
