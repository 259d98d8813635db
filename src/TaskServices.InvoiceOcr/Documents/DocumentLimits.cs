namespace TaskServices.InvoiceOcr.Documents;

/// <summary>What a document may cost before it is refused. All of it is checked before pixels are decoded.</summary>
public sealed record DocumentLimits
{
    /// <summary>Gets the largest file, bytes.</summary>
    public long MaximumBytes { get; init; } = 50_000_000;

    /// <summary>Gets the most pages.</summary>
    public int MaximumPages { get; init; } = 200;

    /// <summary>Gets the longest side of a page, pixels.</summary>
    public int MaximumSidePx { get; init; } = 20_000;

    /// <summary>Gets the most pixels of a page.</summary>
    public long MaximumPixels { get; init; } = 100_000_000;

    /// <summary>Gets how many times longer than wide (or wider than long) a page may be; till receipts are about 10.</summary>
    public double MaximumAspect { get; init; } = 20;

    /// <summary>Gets the resolution at which PDF pages are drawn, dots per inch; large pages get less.</summary>
    public int RasterDpi { get; init; } = 200;

    /// <summary>Gets the address space of a decoder process, bytes.</summary>
    public long DecoderMemoryBytes { get; init; } = 4_000_000_000;

    /// <summary>Gets the processor time of a decoder process; a stretch of pages has one process.</summary>
    public TimeSpan DecoderCpuTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets the time after which a decoder process that hands over no page is ended.</summary>
    public TimeSpan DecoderWallTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <exception cref="InvoiceOcrException"><c>DOCUMENT_PAGE_TOO_LARGE</c>, <c>DOCUMENT_PAGE_SHAPE</c>, <c>DOCUMENT_DAMAGED</c>.</exception>
    internal void CheckPage(long widthPx, long heightPx)
    {
        if (widthPx < 1 || heightPx < 1)
        {
            throw DocumentErrors.Damaged($"A page of {widthPx} x {heightPx} pixels has nothing on it");
        }

        if (Math.Max(widthPx, heightPx) > MaximumSidePx || widthPx * heightPx > MaximumPixels)
        {
            throw new InvoiceOcrException(
                "DOCUMENT_PAGE_TOO_LARGE",
                $"A page of {widthPx} x {heightPx} pixels is over the limit of {MaximumSidePx} a side and {MaximumPixels / 1_000_000} million in all: scan it at 300 dpi.");
        }

        if (Math.Max(widthPx, heightPx) > MaximumAspect * Math.Min(widthPx, heightPx))
        {
            throw new InvoiceOcrException(
                "DOCUMENT_PAGE_SHAPE", $"A page of {widthPx} x {heightPx} pixels is no page: sides may differ {MaximumAspect} times. Cut it into pages.");
        }
    }

    /// <exception cref="InvoiceOcrException"><c>DOCUMENT_TOO_MANY_PAGES</c>.</exception>
    internal void CheckPageCount(int count)
    {
        if (count > MaximumPages)
        {
            throw new InvoiceOcrException("DOCUMENT_TOO_MANY_PAGES", $"The document has {count} pages, {MaximumPages} are allowed: split it.");
        }
    }
}
