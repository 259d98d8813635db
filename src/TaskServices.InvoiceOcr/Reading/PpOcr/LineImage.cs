using OpenCvSharp;

namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>One text line cut out of the page, upright, 48 pixels high.</summary>
internal sealed class LineImage : IDisposable
{
    public const int HeightPx = 48;

    // Longer lines are squeezed: no printed line is 80 times as long as high, and memory grows with the width.
    private const int MaximumWidthPx = 80 * HeightPx;

    private LineImage(Mat pixels, Point2f[] outline, bool runsDown)
    {
        Pixels = pixels;
        Outline = outline;
        RunsDown = runsDown;
    }

    public Mat Pixels { get; }

    /// <summary>Gets the outline on the page, clockwise from the text's own upper left corner.</summary>
    public Point2f[] Outline { get; }

    /// <summary>Gets whether the line was turned because it stands on end.</summary>
    public bool RunsDown { get; }

    public static LineImage Cut(Mat page, Point2f[] region)
    {
        var width = Math.Max(1, (int)Math.Max(TextRegions.Distance(region[0], region[1]), TextRegions.Distance(region[2], region[3])));
        var height = Math.Max(1, (int)Math.Max(TextRegions.Distance(region[0], region[3]), TextRegions.Distance(region[1], region[2])));
        Point2f[] target = [new(0, 0), new(width, 0), new(width, height), new(0, height)];
        using var transform = Cv2.GetPerspectiveTransform(region, target);
        using var cut = new Mat();
        Cv2.WarpPerspective(page, cut, transform, new Size(width, height), InterpolationFlags.Cubic, BorderTypes.Replicate);
        var runsDown = height >= 1.5 * width;
        if (runsDown)
        {
            Cv2.Rotate(cut, cut, RotateFlags.Rotate90Counterclockwise);
            (width, height) = (height, width);
        }

        var pixels = new Mat();
        Cv2.Resize(cut, pixels, new Size(Math.Clamp((int)Math.Ceiling(HeightPx * width / (double)height), 1, MaximumWidthPx), HeightPx));
        // Turned counterclockwise, the page's upper right corner is the text's upper left one.
        return new LineImage(pixels, runsDown ? [region[1], region[2], region[3], region[0]] : region, runsDown);
    }

    public void Dispose() => Pixels.Dispose();
}
