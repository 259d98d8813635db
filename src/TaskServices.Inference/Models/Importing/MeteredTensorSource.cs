namespace TaskServices.Inference.Models.Importing;

/// <summary>Reports how much of a source has been read, and stops between reads when the import is cancelled.</summary>
internal sealed class MeteredTensorSource(ITensorSource source, IProgress<ImportProgress>? progress, CancellationToken cancellationToken) : ITensorSource
{
    /// <summary>Bytes between two reports, so that a progress bar does not cost more than the import.</summary>
    private const long ReportBytes = 1 << 20;

    private readonly long _total = source.Tensors.Values.Sum(tensor => tensor.ByteCount);

    private long _done;

    private long _reported;

    public IReadOnlyDictionary<string, TensorInfo> Tensors => source.Tensors;

    public void ReadRows(string name, long firstRow, Span<float> destination)
    {
        cancellationToken.ThrowIfCancellationRequested();
        source.ReadRows(name, firstRow, destination);
        var tensor = source.Tensors[name];
        _done += destination.Length / tensor.Columns * (tensor.ByteCount / tensor.Rows);
        if (_done - _reported >= ReportBytes || _done == _total)
        {
            _reported = _done;
            progress?.Report(new ImportProgress(Math.Min(_done, _total), _total));
        }
    }

    public void Dispose() => source.Dispose();
}
