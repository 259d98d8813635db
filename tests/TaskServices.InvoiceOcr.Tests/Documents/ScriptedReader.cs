using TaskServices.InvoiceOcr.Imaging;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Tests.Documents;

/// <summary>A reader that reports the size of what it was given, so that tests of documents need no network.</summary>
internal sealed class ScriptedReader : IPageReader
{
    public string Name => "scripted";

    public IReadOnlyList<TextLine> Read(PageImage image, CancellationToken cancellationToken) =>
        [TextLine.FromText($"{image.WidthPx} x {image.HeightPx} pixels of a page", new PixelBox(0, 0, 200, 10), Name)];

    public void Dispose()
    {
    }
}
