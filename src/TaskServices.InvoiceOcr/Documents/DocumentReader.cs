using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using TaskServices.InvoiceOcr.Documents.Decoding;
using TaskServices.InvoiceOcr.Imaging;
using TaskServices.InvoiceOcr.Layout;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Documents;

/// <summary>A page as it comes out, with its pixels where it was read from pixels. The image lives until the callback returns.</summary>
public readonly record struct PageResult(Page Page, PageImage? Image, int PageCount);

/// <summary>
/// Reads documents: type by content, limits, decoding in child processes, then text layers or a reader. Thread-safe; one page's pixels at a time
/// are held for each document.
/// </summary>
/// <param name="reader">Reads scanned pages; not disposed here.</param>
public sealed class DocumentReader(IPageReader reader, DocumentLimits? limits = null)
{
    /// <summary>The reader's name on lines that come from a PDF's text layer.</summary>
    public const string TextLayerName = "pdf-text";

    // A file that ended its decoder this often is not tried again.
    private const int CrashesUntilQuarantine = 2;

    private const int MaximumRemembered = 10_000;

    private readonly DocumentLimits _limits = limits ?? new();

    private readonly DocumentDecoder _decoder = new(limits ?? new());

    private readonly ConcurrentDictionary<string, int> _crashes = new();

    /// <summary>Reads a document.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="fileName">Its name, for reports only.</param>
    /// <param name="onPage">Is told of each page when it is read, in order.</param>
    /// <exception cref="InvoiceOcrException">The reason starts with <c>DOCUMENT_</c> where the document is at fault.</exception>
    public async Task<Document> ReadAsync(ReadOnlyMemory<byte> bytes, string fileName, Action<PageResult>? onPage, CancellationToken cancellationToken)
    {
        if (bytes.Length > _limits.MaximumBytes)
        {
            throw new InvoiceOcrException("DOCUMENT_TOO_LARGE", $"The file has {bytes.Length} bytes, {_limits.MaximumBytes} are allowed: scan it at 300 dpi.");
        }

        var type = ContentType.Of(bytes.Span);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        if (_crashes.GetValueOrDefault(sha256) >= CrashesUntilQuarantine)
        {
            throw new InvoiceOcrException("DOCUMENT_QUARANTINED", $"The document {sha256[..12]} has ended its decoder {CrashesUntilQuarantine} times and is not tried again.");
        }

        try
        {
            var content = type == ContentType.Pdf ? await _decoder.ReadPdfAsync(bytes, cancellationToken) : null;
            var pages = new List<Page>();
            var results = content is null ? ReadImagesAsync(bytes, type, cancellationToken) : ReadPdfAsync(bytes, content, cancellationToken);
            await foreach (var result in results)
            {
                using (result.Image)
                {
                    pages.Add(result.Page);
                    onPage?.Invoke(result);
                }
            }

            return new Document
            {
                Sha256 = sha256,
                MediaType = type,
                FileName = Path.GetFileName(fileName),
                Pages = pages,
                Attachments = [.. (content?.Attachments ?? []).Select(file => new DocumentAttachment(file.Name, file.Bytes))],
            };
        }
        catch (InvoiceOcrException exception) when (exception.Reason is "DOCUMENT_DECODER_CRASHED" or "DOCUMENT_TIMEOUT")
        {
            if (_crashes.Count < MaximumRemembered)
            {
                _crashes.AddOrUpdate(sha256, 1, (_, count) => count + 1);
            }

            throw;
        }
    }

    private async IAsyncEnumerable<PageResult> ReadImagesAsync(ReadOnlyMemory<byte> bytes, string type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Refused here, before a process is started for it; the child checks again.
        var count = type == ContentType.Tiff ? TiffPages.Check(bytes.Span, _limits) : CheckImage(bytes.Span, type);
        var number = 0;
        await foreach (var image in _decoder.DecodeAsync(bytes, type, cancellationToken))
        {
            yield return new PageResult(await ReadPageAsync(image, ++number, cancellationToken), image, count);
        }
    }

    private int CheckImage(ReadOnlySpan<byte> bytes, string type)
    {
        if (type == ContentType.Jpeg)
        {
            var header = JpegHeader.Read(bytes);
            _limits.CheckPage(header.WidthPx, header.HeightPx);
        }
        else
        {
            var file = PngFile.Read(bytes);
            _limits.CheckPage(file.WidthPx, file.HeightPx);
        }

        return 1;
    }

    private async IAsyncEnumerable<PageResult> ReadPdfAsync(ReadOnlyMemory<byte> bytes, PdfContent content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var index = 0; index < content.Pages.Count;)
        {
            if (content.Pages[index].HasCleanText)
            {
                yield return new PageResult(FromTextLayer(content.Pages[index], index + 1), null, content.Pages.Count);
                index++;
                continue;
            }

            var scanned = content.Pages.Skip(index).TakeWhile(page => !page.HasCleanText).ToArray();
            await foreach (var image in _decoder.RasterizeAsync(bytes, index + 1, scanned, cancellationToken))
            {
                yield return new PageResult(await ReadPageAsync(image, ++index, cancellationToken), image, content.Pages.Count);
            }
        }
    }

    private Task<Page> ReadPageAsync(PageImage image, int number, CancellationToken cancellationToken) =>
        Task.Run(() => UprightReading.Read(reader, image, number, cancellationToken), cancellationToken);

    private Page FromTextLayer(PdfPageContent page, int number)
    {
        var dpi = _limits.RasterDpi;
        var scale = dpi / 72.0;
        return new Page
        {
            Number = number,
            WidthPx = Math.Max(1, (int)Math.Round(page.Width * scale)),
            HeightPx = Math.Max(1, (int)Math.Round(page.Height * scale)),
            Dpi = dpi,
            Lines = WordLines.Build(
                page.Words.Select(word => (word.Text, new PixelBox(
                    (float)(word.Left * scale), (float)(word.Top * scale), (float)(word.Right * scale), (float)(word.Bottom * scale)))),
                TextLayerName),
        };
    }
}
