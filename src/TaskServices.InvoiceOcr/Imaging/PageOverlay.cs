using OpenCvSharp;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Imaging;

/// <summary>Draws what was read over the scan, to look at: lines blue (orange in doubt), words green.</summary>
public static class PageOverlay
{
    private const double Doubt = 0.9;

    /// <summary>Writes a PNG file.</summary>
    /// <param name="scan">The scan as it came; null draws on white paper.</param>
    /// <param name="path">Where to; an existing file is replaced.</param>
    /// <exception cref="InvoiceOcrException"><c>OUTPUT_NOT_WRITTEN</c>.</exception>
    public static void Save(Page page, PageImage? scan, string path)
    {
        ArgumentNullException.ThrowIfNull(page);
        using var canvas = scan?.Pixels.Clone() ?? new Mat(page.HeightPx, page.WidthPx, MatType.CV_8UC3, Scalar.White);
        foreach (var line in page.Lines)
        {
            Draw(canvas, page, line.Polygon, line.Confidence < Doubt ? new Scalar(0, 140, 255) : new Scalar(220, 100, 0), 2);
            foreach (var word in line.Words)
            {
                Draw(canvas, page, word.Box.ToPolygon(), new Scalar(60, 180, 0), 1);
            }
        }

        Cv2.ImEncode(".png", canvas, out var bytes);
        try
        {
            File.WriteAllBytes(path, bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvoiceOcrException("OUTPUT_NOT_WRITTEN", $"{path}: cannot be written. Check the folder and its rights.", exception);
        }
    }

    private static void Draw(Mat canvas, Page page, IReadOnlyList<PixelPoint> polygon, Scalar color, int thickness)
    {
        var corners = polygon.Select(page.ToScan).Select(corner => new Point((int)Math.Round(corner.X), (int)Math.Round(corner.Y)));
        Cv2.Polylines(canvas, [[.. corners]], isClosed: true, color, thickness);
    }
}
