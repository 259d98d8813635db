using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using TaskServices.InvoiceOcr.Documents.Decoding;
using TaskServices.InvoiceOcr.Documents.Sandbox;
using TaskServices.InvoiceOcr.Imaging;

namespace TaskServices.InvoiceOcr.Documents;

/// <summary>Decodes documents in child processes, one a document, one page at a time. Thread-safe.</summary>
internal sealed class DocumentDecoder(DocumentLimits limits)
{
    // Pages larger than this are drawn smaller.
    private const double RasterPixels = 20_000_000;

    /// <summary>Decodes the pages of an image file.</summary>
    /// <exception cref="InvoiceOcrException">The document passes a limit, is damaged, or ended its process.</exception>
    public async IAsyncEnumerable<PageImage> DecodeAsync(ReadOnlyMemory<byte> bytes, string type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var process = Start(bytes, type, cancellationToken);
        while (await ReadKindAsync(process, cancellationToken) is not DecoderMessages.End and var kind)
        {
            if (kind != DecoderMessages.Page)
            {
                throw await ReadErrorAsync(process, kind, cancellationToken);
            }

            yield return await ReadPageAsync(process, cancellationToken);
            process.RestartClock();
        }

        if (await process.FinishAsync(cancellationToken) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Reads what is in a PDF besides pixels.</summary>
    /// <exception cref="InvoiceOcrException">As for images; and <c>DOCUMENT_ENCRYPTED</c>.</exception>
    public async Task<PdfContent> ReadPdfAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await using var process = Start(bytes, ContentType.Pdf, cancellationToken);
        var kind = await ReadKindAsync(process, cancellationToken);
        if (kind != DecoderMessages.Content)
        {
            throw await ReadErrorAsync(process, kind, cancellationToken);
        }

        var content = JsonSerializer.Deserialize<PdfContent>(await ReadTextAsync(process, cancellationToken));
        return content ?? throw DocumentErrors.Crashed();
    }

    /// <summary>Draws pages of a PDF that follow each other.</summary>
    /// <param name="first">The first page, from 1.</param>
    /// <param name="pages">Their sizes.</param>
    public async IAsyncEnumerable<PageImage> RasterizeAsync(
        ReadOnlyMemory<byte> bytes, int first, IReadOnlyList<PdfPageContent> pages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var program = LimitedCommand.Find("pdftoppm")
            ?? throw new InvoiceOcrException("DECODER_MISSING", "pdftoppm is not installed, which draws PDF pages: apt-get install poppler-utils");
        for (var index = 0; index < pages.Count;)
        {
            var dpi = DpiOf(pages[index]);
            var count = pages.Skip(index).TakeWhile(page => DpiOf(page) == dpi).Count();
            string[] arguments = ["-r", Invariant(dpi), "-f", Invariant(first + index), "-l", Invariant(first + index + count - 1), "-"];
            var cpuSeconds = (int)limits.DecoderCpuTime.TotalSeconds + (5 * count);
            await using var process = LimitedProcess.Start(
                LimitedCommand.Create(limits, cpuSeconds, program, arguments), bytes, limits.DecoderWallTime, cancellationToken);
            for (var page = 0; page < count; page++)
            {
                PageImage? image;
                try
                {
                    image = await PortablePixmap.ReadAsync(process.Output, limits, dpi, cancellationToken);
                }
                catch (EndOfStreamException)
                {
                    throw await process.FinishAsync(cancellationToken) ?? DocumentErrors.Damaged($"Page {first + index + page} of the PDF cannot be drawn");
                }

                yield return image;
                process.RestartClock();
            }

            index += count;
        }
    }

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    private int DpiOf(PdfPageContent page)
    {
        var squareInches = Math.Max(page.Width * page.Height / (72 * 72), 0.01);
        var longestInches = Math.Max(Math.Max(page.Width, page.Height) / 72, 0.01);
        var dpi = Math.Min(limits.RasterDpi, Math.Min(Math.Sqrt(Math.Min(RasterPixels, limits.MaximumPixels) / squareInches), (limits.MaximumSidePx - 1) / longestInches));
        return Math.Max(1, (int)dpi);
    }

    private LimitedProcess Start(ReadOnlyMemory<byte> bytes, string type, CancellationToken cancellationToken)
    {
        var program = Environment.ProcessPath!;
        string[] own = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Assembly.GetEntryAssembly()!.Location] : [];
        var start = LimitedCommand.Create(
            limits, (int)limits.DecoderCpuTime.TotalSeconds, program, [.. own, DecoderProgram.Argument, type, JsonSerializer.Serialize(limits)]);
        start.Environment["DOTNET_ROOT"] = DotnetRoot();
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = (limits.DecoderMemoryBytes / 2).ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        // Code written twice into memory goes through a file, which the file limit forbids.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return LimitedProcess.Start(start, bytes, limits.DecoderWallTime, cancellationToken);
    }

    // …/shared/Microsoft.NETCore.App/10.0.x/ lies three folders below it.
    private static string DotnetRoot() => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));

    private static async Task<byte> ReadKindAsync(LimitedProcess process, CancellationToken cancellationToken)
    {
        var kind = new byte[1];
        return await process.Output.ReadAtLeastAsync(kind, 1, throwOnEndOfStream: false, cancellationToken) == 1 ? kind[0] : (byte)0;
    }

    private static async Task<InvoiceOcrException> ReadErrorAsync(LimitedProcess process, byte kind, CancellationToken cancellationToken) =>
        kind == DecoderMessages.Error
            ? DecoderMessages.ToError(Encoding.UTF8.GetString(await ReadTextAsync(process, cancellationToken)))
            : await process.FinishAsync(cancellationToken) ?? DocumentErrors.Crashed();

    private static async Task<byte[]> ReadTextAsync(LimitedProcess process, CancellationToken cancellationToken)
    {
        var length = new byte[4];
        try
        {
            await process.Output.ReadExactlyAsync(length, cancellationToken);
            var size = BinaryPrimitives.ReadInt32LittleEndian(length);
            if (size is < 0 or > DecoderMessages.MaximumTextBytes)
            {
                throw DocumentErrors.Crashed();
            }

            var text = new byte[size];
            await process.Output.ReadExactlyAsync(text, cancellationToken);
            return text;
        }
        catch (EndOfStreamException)
        {
            throw await process.FinishAsync(cancellationToken) ?? DocumentErrors.Crashed();
        }
    }

    private async Task<PageImage> ReadPageAsync(LimitedProcess process, CancellationToken cancellationToken)
    {
        var header = new byte[12];
        PageImage? page = null;
        try
        {
            await process.Output.ReadExactlyAsync(header, cancellationToken);
            var (width, height) = (BinaryPrimitives.ReadInt32LittleEndian(header), BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)));
            // Pixels that are made square may be four times those of the file.
            if (width < 1 || height < 1 || (long)width * height > 4 * limits.MaximumPixels)
            {
                throw DocumentErrors.Crashed();
            }

            page = PageImage.Create(width, height, BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8)));
            await page.FillAsync(process.Output, cancellationToken);
            return page;
        }
        catch (EndOfStreamException)
        {
            page?.Dispose();
            throw await process.FinishAsync(cancellationToken) ?? DocumentErrors.Crashed();
        }
    }
}
