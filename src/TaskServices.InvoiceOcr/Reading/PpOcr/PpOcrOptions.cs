namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>Settings of PP-OCR. The defaults are those of the model's reference pipeline.</summary>
public sealed record PpOcrOptions
{
    /// <summary>Gets the threads of one run. Default: one a core.</summary>
    public int ThreadCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Gets the score below which a line is dropped, 0 to 1.</summary>
    public double MinimumLineScore { get; init; } = 0.5;

    /// <summary>Gets how many lines are recognised in one run.</summary>
    public int BatchSize { get; init; } = 6;
}
