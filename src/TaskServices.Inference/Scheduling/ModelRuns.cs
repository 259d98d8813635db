namespace TaskServices.Inference.Scheduling;

/// <summary>Runs the model over slots into one reused logits buffer and times the runs.</summary>
internal sealed class ModelRuns(KvSlots slots, int slotCount, int logitCount, RequestObserver observer)
{
    private readonly int[] _tokenIds = new int[slotCount];
    private float[] _logits = [];

    /// <param name="logitRows">How many of the last tokens' logits to return.</param>
    /// <returns>The logits, valid until the next run.</returns>
    public ReadOnlySpan<float> Extend(int slot, int count, int logitRows)
    {
        var logits = Rows(logitRows);
        var start = observer.Time.GetTimestamp();
        slots.Extend(slot, count, logits);
        observer.Metrics?.RecordExtendStep(observer.Model, observer.Time.GetElapsedTime(start));
        return logits;
    }

    /// <returns>The logits, one row a slot, valid until the next run.</returns>
    public ReadOnlySpan<float> Decode(int rows)
    {
        var logits = Rows(rows);
        var start = observer.Time.GetTimestamp();
        slots.Decode(rows, _tokenIds, logits);
        observer.Metrics?.RecordDecodeStep(observer.Model, rows, observer.Time.GetElapsedTime(start));
        return logits;
    }

    private Span<float> Rows(int count)
    {
        if (_logits.Length < count * logitCount)
            _logits = new float[count * logitCount];
        return _logits.AsSpan(0, count * logitCount);
    }
}
