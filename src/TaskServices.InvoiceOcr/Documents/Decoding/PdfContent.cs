namespace TaskServices.InvoiceOcr.Documents.Decoding;

/// <summary>What is in a PDF besides pixels. Lengths are in points (1/72 inch), y down from the upper edge of the page as it is shown.</summary>
internal sealed record PdfContent(IReadOnlyList<PdfPageContent> Pages, IReadOnlyList<PdfAttachment> Attachments);

/// <summary>One page of a PDF.</summary>
/// <param name="Width">Width as shown, points.</param>
/// <param name="Height">Height as shown, points.</param>
/// <param name="HasCleanText">Whether the text layer is the page: visible, with known characters, and no scan beneath it.</param>
/// <param name="Words">The visible words where the text is clean.</param>
internal sealed record PdfPageContent(double Width, double Height, bool HasCleanText, IReadOnlyList<PdfWord> Words);

internal sealed record PdfWord(string Text, double Left, double Top, double Right, double Bottom);

internal sealed record PdfAttachment(string Name, byte[] Bytes);
