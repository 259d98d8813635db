using TaskServices.Inference.Models;

namespace TaskServices.Inference.Scheduling;

/// <summary>What the engine's one thread does: admit, prefill a chunk, decode a step, in turns.</summary>
internal sealed class EngineLoop : IDisposable
{
    private const int FailuresUntilStop = 3;
    private const int SharedChunkDivisor = 4;

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
    private readonly PrefillSet _prefills;
    private readonly Func<Sequence, bool> _mayPass;
    private bool _isDecodeDue;

    public EngineLoop(IModelSession session, TokenChooser chooser, InferenceOptions options, RequestQueue queue, RequestObserver observer)
    {
        var vocabularySize = session.VocabularySize;
        (_session, _queue, _observer, _options) = (session, queue, observer, options);
        _slots = new KvSlots(session);
        _prefills = new PrefillSet(_slots);
        _mayPass = MayPass;
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
        for (var i = 0; i < _prefills.Count; i++)
            Fail(_prefills[i], RequestQueue.Stopped(reason));
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
        Admit();

        // A waiting prompt and the running sequences take turns, so that neither starves.
        if (_prefills.Count > 0 && (_batch.Count == 0 || !_isDecodeDue))
        {
            Prefill(_prefills.Next());
            _isDecodeDue = true;
        }
        else if (_batch.Count > 0)
        {
            _batch.Step();
            _isDecodeDue = false;
        }
        else
        {
            _queue.WaitForWork();
        }

        if (_slots.ConsecutiveFailures >= FailuresUntilStop)
            throw new InferenceException("MODEL_RUN_FAILED", $"{FailuresUntilStop} model runs in a row failed.");
    }

    /// <summary>Lets waiting sequences in: the next one as soon as no prompt runs, a much shorter one while a long prompt runs.</summary>
    private void Admit()
    {
        while (UsedSlots < _session.SlotCount)
        {
            var sequence = _prefills.Count == 0 ? _queue.TryDequeue()
                : _prefills.ShortestRest > _options.PrefillChunkTokens && HasSpareSlot ? _queue.TryDequeue(_mayPass)
                : null;
            if (sequence is null)
                return;
            Admit(sequence);
        }
    }

    /// <summary>
    /// Gets whether a sequence may run beside a prompt: one more slot stays free then, into which a prompt can move whose slot the next
    /// decode row needs.
    /// </summary>
    private bool HasSpareSlot => UsedSlots + 1 < _session.SlotCount;

    private int UsedSlots => _batch.Count + _prefills.Count;

    private int FreeSlot
    {
        get
        {
            var slot = _batch.Count;
            while (_prefills.InSlot(slot) is not null)
                slot++;
            return slot;
        }
    }

    private bool MayPass(Sequence sequence)
    {
        var prompt = sequence.TokenIds.AsSpan(0, sequence.PromptLength);
        return (sequence.TokensToRun - _slots.LongestKnown(prompt, sequence.Adapter, _cache)) * 2 <= _prefills.ShortestRest;
    }

    private void Admit(Sequence sequence)
    {
        if (!TryBegin(sequence))
            return;
        try
        {
            // At least two tokens run, so that a known prefix changes no bit.
            sequence.Slot = FreeSlot;
            var reusable = Math.Max(0, sequence.Count - RunLength.Shortest);
            sequence.ReusedTokenCount = Math.Min(
                sequence.PromptLength, _slots.Adopt(sequence.Slot, sequence.TokenIds, reusable, sequence.Adapter, _cache));
            _observer.Reused(sequence);
            _prefills.Add(sequence);
        }
        catch (InferenceException exception)
        {
            Fail(sequence, exception);
        }
    }

    /// <summary>Adds a sequence to the decode rows, and moves a prompt away whose slot the row needs.</summary>
    private void Join(GeneratedSequence sequence)
    {
        if (sequence.IsFinished)
            return;
        if (sequence.Slot != _batch.Count && _prefills.InSlot(_batch.Count) is { } other)
        {
            var slot = _session.SlotCount - 1;
            while (slot == sequence.Slot || _prefills.InSlot(slot) is not null)
                slot--;
            _slots.Copy(other.Slot, slot);
            other.Slot = slot;
        }

        _batch.Add(sequence);
    }

    /// <summary>Takes a sequence out of the waiting state.</summary>
    /// <returns>False where it has ended already.</returns>
    private bool TryBegin(Sequence sequence)
    {
        if (FailIfDropped(sequence))
            return false;
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
            // Running sequences wait for the chunk, so it is shorter beside them. Chunks change no bit.
            var limit = _batch.Count == 0 ? _options.PrefillChunkTokens : Math.Max(RunLength.ShortestLimit, _options.PrefillChunkTokens / SharedChunkDivisor);
            var pending = sequence.Count - _slots.Length(sequence.Slot);
            if (pending > limit)
                _runs.Extend(sequence, RunLength.Next(pending, limit), 0);
            else if (sequence is GeneratedSequence generated)
                FinishPrefill(generated, _runs.Extend(sequence, pending, 1));
            else if (sequence is ScoredSequence scored && _scorer.Step(scored))
                FinishScoring(scored);
        }
        catch (Exception exception)
        {
            _prefills.Remove(sequence);
            Fail(sequence, exception as InferenceException ?? DecodeBatch.GrammarFailed(exception));
        }
    }

    private void FinishScoring(ScoredSequence sequence)
    {
        _prefills.Remove(sequence);
        _observer.Prefilled(sequence);
        _observer.Completed(sequence, "scored");
        sequence.Complete();
    }

    private void FinishPrefill(GeneratedSequence sequence, ReadOnlySpan<float> logits)
    {
        var length = sequence.Count;
        _observer.Prefilled(sequence);
        _writer.Continue(sequence, logits, length - 1);
        var (usedBytes, evictions) = (_cache.UsedBytes, _cache.EvictionCount);
        _cache.Keep(sequence.TokenIds.AsSpan(0, sequence.KeptPrefixLength), sequence.Adapter?.Version, _slots, sequence.Slot);
        _observer.Metrics?.RecordPrefixCacheUsage(_observer.Model, _cache.UsedBytes - usedBytes);
        if (_cache.EvictionCount > evictions)
            _observer.Metrics?.RecordPrefixCacheEvictions(_observer.Model, _cache.EvictionCount - evictions);
        _prefills.Remove(sequence);
        Join(sequence);
        if (sequence.Group is not null)
            Fork(sequence, length, logits);
    }

    /// <summary>Starts the sequences that wait with the same prompt from this one's KV and, where they choose next, its logits.</summary>
    private void Fork(GeneratedSequence first, int length, ReadOnlySpan<float> logits)
    {
        var source = first.Slot;
        while (UsedSlots < _session.SlotCount && (_prefills.Count == 0 || HasSpareSlot)
            && _queue.TryDequeue(first.Group) is GeneratedSequence sequence)
        {
            if (!TryBegin(sequence))
                continue;
            try
            {
                var shared = sequence.TokenIds.AsSpan(0, sequence.Count).CommonPrefixLength(_slots.Held(source));
                var canChoose = sequence.Count == length && shared == length;
                shared = canChoose ? shared : Math.Clamp(sequence.Count - RunLength.Shortest, 0, shared);
                sequence.Slot = FreeSlot;
                sequence.ReusedTokenCount = Math.Min(shared, sequence.PromptLength);
                _slots.Fork(source, sequence.Slot, sequence.TokenIds, shared);
                source = sequence.Slot;
                _observer.Reused(sequence);
                _observer.Prefilled(sequence);
                if (canChoose)
                    _writer.Continue(sequence, logits, length - 1);
                Join(sequence);
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
        for (var i = 0; i < _prefills.Count; i++)
            FailIfDropped(_prefills[i]);
        _prefills.RemoveFinished();
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
