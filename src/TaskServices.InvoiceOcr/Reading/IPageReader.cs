using TaskServices.InvoiceOcr.Imaging;

namespace TaskServices.InvoiceOcr.Reading;

/// <summary>Reads the text of page images.</summary>
public interface IPageReader : IDisposable
{
    /// <summary>Gets the name that its lines carry, for example <c>ppocr</c>.</summary>
    string Name { get; }

    /// <summary>Reads every line of a page as it stands, from top to bottom. Blocks for about a second; safe on several threads at once.</summary>
    /// <exception cref="OperationCanceledException">The call was cancelled, seen between two batches of lines.</exception>
    IReadOnlyList<TextLine> Read(PageImage image, CancellationToken cancellationToken);
}
