using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.DocumentLayoutAnalysis.WordExtractor;
using UglyToad.PdfPig.Exceptions;

namespace TaskServices.InvoiceOcr.Documents.Decoding;

/// <summary>Reads text layer and e-invoice attachment of a PDF. Runs in the decoder process only.</summary>
internal static class PdfContentReader
{
    private const int MaximumAttachmentBytes = 5_000_000;

    private const double MinimumPointSize = 2;

    private const int MinimumLetters = 25;

    // A picture that covers this much of the page is a scan, and the text over it somebody else's reading.
    private const double ScanCoverage = 0.5;

    private const double MaximumUnknownLetters = 0.01;

    // The names that the standards give to the invoice itself; nothing else that is attached is ever opened.
    private static readonly string[] InvoiceNames = ["factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"];

    public static PdfContent Read(byte[] bytes, DocumentLimits limits)
    {
        try
        {
            using var document = PdfDocument.Open(bytes, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
            limits.CheckPageCount(document.NumberOfPages);
            var pages = new List<PdfPageContent>();
            for (var number = 1; number <= document.NumberOfPages; number++)
            {
                pages.Add(ReadPage(document.GetPage(number)));
            }

            return pages.Count > 0 ? new PdfContent(pages, Attachments(document)) : throw DocumentErrors.Damaged("The PDF has no page");
        }
        catch (PdfDocumentEncryptedException)
        {
            throw DocumentErrors.Encrypted();
        }
    }

    private static PdfPageContent ReadPage(UglyToad.PdfPig.Content.Page page)
    {
        var visible = page.Letters.Where(letter => IsVisible(letter, page)).ToList();
        var inked = visible.Where(letter => !string.IsNullOrWhiteSpace(letter.Value)).ToList();
        // Text in the paper's colour may be a trick or a table's dark head: only the picture of the page can tell.
        var isClean = inked.Count >= MinimumLetters
            && inked.Count(letter => letter.Value.Any(IsUnknown)) <= MaximumUnknownLetters * inked.Count
            && !inked.Any(IsWhite)
            && LargestPicture(page) < ScanCoverage;
        return new PdfPageContent(page.Width, page.Height, isClean, isClean ? [.. Words(visible, page)] : []);
    }

    private static IEnumerable<PdfWord> Words(List<Letter> letters, UglyToad.PdfPig.Content.Page page)
    {
        foreach (var word in NearestNeighbourWordExtractor.Instance.GetWords(letters))
        {
            var text = string.Concat(word.Text.Where(character => !char.IsControl(character) && !IsFormat(character))).Trim();
            if (text.Length > 0)
            {
                var box = word.BoundingBox;
                var (left, right) = (Math.Min(box.BottomLeft.X, box.TopRight.X), Math.Max(box.BottomLeft.X, box.TopRight.X));
                var (bottom, top) = (Math.Min(box.BottomLeft.Y, box.TopRight.Y), Math.Max(box.BottomLeft.Y, box.TopRight.Y));
                yield return new PdfWord(text, left, page.Height - top, right, page.Height - bottom);
            }
        }
    }

    private static bool IsVisible(Letter letter, UglyToad.PdfPig.Content.Page page)
    {
        var box = letter.BoundingBox;
        return letter.RenderingMode is not (TextRenderingMode.Neither or TextRenderingMode.NeitherClip)
            && letter.PointSize >= MinimumPointSize
            && box.Left < page.Width && box.Right > 0 && box.Bottom < page.Height && box.Top > 0;
    }

    private static bool IsWhite(Letter letter)
    {
        var (red, green, blue) = letter.Color?.ToRGBValues() ?? (0, 0, 0);
        return red > 0.93 && green > 0.93 && blue > 0.93;
    }

    private static bool IsUnknown(char character) =>
        character is '\uFFFD' or (>= '\uE000' and <= '\uF8FF') || (char.IsControl(character) && !char.IsWhiteSpace(character));

    // Zero-width characters and those that turn the direction of writing hide text from people.
    private static bool IsFormat(char character) => char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.Format;

    private static double LargestPicture(UglyToad.PdfPig.Content.Page page) =>
        page.GetImages().Select(image => Math.Abs(image.BoundingBox.Width * image.BoundingBox.Height) / Math.Max(1, page.Width * page.Height))
            .DefaultIfEmpty(0).Max();

    private static List<PdfAttachment> Attachments(PdfDocument document)
    {
        if (!document.Advanced.TryGetEmbeddedFiles(out var files))
        {
            return [];
        }

        return
        [
            .. files.Where(file => InvoiceNames.Contains(Path.GetFileName(file.Name), StringComparer.OrdinalIgnoreCase) && file.Memory.Length <= MaximumAttachmentBytes)
                .Select(file => new PdfAttachment(Path.GetFileName(file.Name), file.Memory.ToArray())),
        ];
    }
}
