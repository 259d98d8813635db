namespace TaskServices.Inference.Scheduling;

/// <summary>Runs the model over slots into one reused logits buffer and times the runs.</summary>
internal sealed class ModelRuns(KvSlots slots, int slotCount, int logitCount, RequestObserver observer)
{
    private readonly int[] _tokenIds = new int[slotCount];
    private float[] _logits = [];

    /// <summary>Runs the next tokens of a sequence.</summary>
    /// <param name="logitRows">How many of the last tokens' logits to return.</param>
    /// <returns>The logits, valid until the next run.</returns>
    public ReadOnlySpan<float> Extend(Sequence sequence, int count, int logitRows)
    {
        var logits = Rows(logitRows);
        var start = observer.Time.GetTimestamp();
        slots.Extend(sequence.Slot, count, logits);
        var duration = observer.Time.GetElapsedTime(start);
        sequence.ModelTime += duration;
        observer.Metrics?.RecordExtendStep(observer.Model, duration);
        return logits;
    }

    /// <summary>Runs one token of each sequence; they have the first slots in order.</summary>
    /// <returns>The logits, one row a slot, valid until the next run.</returns>
    public ReadOnlySpan<float> Decode(ReadOnlySpan<GeneratedSequence> sequences)
    {
        var rows = sequences.Length;
        var logits = Rows(rows);
        var start = observer.Time.GetTimestamp();
        slots.Decode(rows, _tokenIds, logits);
        var duration = observer.Time.GetElapsedTime(start);
        foreach (var sequence in sequences)
            sequence.ModelTime += duration / rows;
        observer.Metrics?.RecordDecodeStep(observer.Model, rows, duration);
        return logits;
    }

    private Span<float> Rows(int count)
    {
        if (_logits.Length < count * logitCount)
            _logits = new float[count * logitCount];
        return _logits.AsSpan(0, count * logitCount);
    }
}
