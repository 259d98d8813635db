using TaskServices.InvoiceOcr.Imaging;

namespace TaskServices.InvoiceOcr.Documents;

/// <summary>Reads the pages that pdftoppm writes: <c>P6</c>, width, height, 255, then red, green and blue.</summary>
internal static class PortablePixmap
{
    /// <exception cref="EndOfStreamException">There is no further page.</exception>
    /// <exception cref="InvoiceOcrException">The page passes a limit.</exception>
    public static async Task<PageImage> ReadAsync(Stream stream, DocumentLimits limits, int dpi, CancellationToken cancellationToken)
    {
        if (await ReadWordAsync(stream, cancellationToken) != "P6"
            || !int.TryParse(await ReadWordAsync(stream, cancellationToken), out var width)
            || !int.TryParse(await ReadWordAsync(stream, cancellationToken), out var height)
            || await ReadWordAsync(stream, cancellationToken) != "255")
        {
            throw DocumentErrors.Crashed();
        }

        limits.CheckPage(width, height);
        var page = PageImage.Create(width, height, dpi);
        try
        {
            await page.FillAsync(stream, cancellationToken);
        }
        catch
        {
            page.Dispose();
            throw;
        }

        OpenCvSharp.Cv2.CvtColor(page.Pixels, page.Pixels, OpenCvSharp.ColorConversionCodes.RGB2BGR);
        return page;
    }

    private static async Task<string> ReadWordAsync(Stream stream, CancellationToken cancellationToken)
    {
        var word = "";
        var next = new byte[1];
        while (word.Length < 12)
        {
            await stream.ReadExactlyAsync(next, cancellationToken);
            if (next[0] > ' ')
            {
                word += (char)next[0];
            }
            else if (word.Length > 0)
            {
                break;
            }
        }

        return word;
    }
}
