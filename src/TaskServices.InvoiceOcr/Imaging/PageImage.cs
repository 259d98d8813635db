using OpenCvSharp;

namespace TaskServices.InvoiceOcr.Imaging;

/// <summary>The pixels of one page, 8-bit blue, green, red, in native memory. Not for two threads at once; dispose it.</summary>
public sealed class PageImage : IDisposable
{
    internal PageImage(Mat pixels, int dpi = 0)
    {
        Pixels = pixels;
        Dpi = dpi;
    }

    /// <summary>Gets the width, pixels.</summary>
    public int WidthPx => Pixels.Width;

    /// <summary>Gets the height, pixels.</summary>
    public int HeightPx => Pixels.Height;

    /// <summary>Gets the resolution in dots per inch; 0 where the file does not say.</summary>
    public int Dpi { get; }

    internal Mat Pixels { get; }

    /// <summary>Copies pixels, three bytes each (blue, green, red), row after row without gaps.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public static PageImage FromBgr(ReadOnlySpan<byte> bgr, int widthPx, int heightPx, int dpi = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(widthPx);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(heightPx);
        if (bgr.Length != 3L * widthPx * heightPx)
        {
            throw new ArgumentException($"{widthPx} x {heightPx} pixels need {3L * widthPx * heightPx} bytes, not {bgr.Length}.", nameof(bgr));
        }

        var image = Create(widthPx, heightPx, dpi);
        bgr.CopyTo(image.AsSpan());
        return image;
    }

    /// <summary>Decodes an image in this process: only for files that we made ourselves. Everything else goes through the decoder process.</summary>
    /// <exception cref="InvoiceOcrException"><c>DOCUMENT_DAMAGED</c>: not an image.</exception>
    internal static PageImage FromTrustedFile(string path)
    {
        var pixels = Cv2.ImRead(path, ImreadModes.Color);
        if (pixels.Empty())
        {
            pixels.Dispose();
            throw new InvoiceOcrException("DOCUMENT_DAMAGED", $"{path}: the image cannot be decoded.");
        }

        return new PageImage(pixels);
    }

    internal static PageImage Create(int widthPx, int heightPx, int dpi) => new(new Mat(heightPx, widthPx, MatType.CV_8UC3), dpi);

    /// <summary>Gets the bytes. The memory belongs to the image.</summary>
    internal unsafe Span<byte> AsSpan() => new((void*)Pixels.Data, checked(3 * WidthPx * HeightPx));

    /// <summary>Fills all pixels from a stream.</summary>
    /// <exception cref="EndOfStreamException">The stream is too short.</exception>
    internal async Task FillAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 18];
        var total = checked(3 * WidthPx * HeightPx);
        for (var done = 0; done < total;)
        {
            var count = Math.Min(buffer.Length, total - done);
            await stream.ReadExactlyAsync(buffer.AsMemory(0, count), cancellationToken);
            buffer.AsSpan(0, count).CopyTo(AsSpan()[done..]);
            done += count;
        }
    }

    public void Dispose() => Pixels.Dispose();
}
