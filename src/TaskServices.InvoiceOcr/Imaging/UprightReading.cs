using System.Numerics;
using OpenCvSharp;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Imaging;

/// <summary>
/// Reads a scan upright. Which way up is decided by how well each way reads, not by a heuristic; a page that reads well as it lies is never turned.
/// A tilt is taken out of the boxes, not of the pixels: the readers cut tilted lines out upright by themselves, and resampling costs sharpness.
/// </summary>
internal static class UprightReading
{
    // Upright pages read at 0.93 and more, upside-down ones at 0.75 and less.
    private const double SurelyUpright = 0.9;

    private const int EnoughCharacters = 20;

    // A page has to read this much better to be turned.
    private const double TurnMargin = 1.3;

    private const double MinimumTiltDegrees = 0.2;

    private const double MaximumTiltDegrees = 20;

    public static Page Read(IPageReader reader, PageImage scan, int number, CancellationToken cancellationToken)
    {
        var (rotation, lines) = (0, reader.Read(scan, cancellationToken));
        var standing = lines.Where(line => StandsOnEnd(line.Polygon)).Sum(line => line.Text.Length);
        var count = lines.Sum(line => line.Text.Length);
        if (standing > count / 2)
        {
            (rotation, lines) = Better((rotation, lines), ReadTurned(reader, scan, 90, cancellationToken), ReadTurned(reader, scan, 270, cancellationToken));
        }
        else if (count > 0 && (count < EnoughCharacters || Score(lines) / count < SurelyUpright * SurelyUpright))
        {
            (rotation, lines) = Better((rotation, lines), ReadTurned(reader, scan, 180, cancellationToken));
        }

        return ToPage(scan, number, rotation, lines);
    }

    private static (int Rotation, IReadOnlyList<TextLine> Lines) ReadTurned(IPageReader reader, PageImage scan, int rotation, CancellationToken cancellationToken)
    {
        using var turned = Turn(scan, rotation);
        return (rotation, reader.Read(turned, cancellationToken));
    }

    /// <summary>Turns clockwise by 90, 180 or 270 degrees.</summary>
    internal static PageImage Turn(PageImage scan, int rotation)
    {
        var pixels = new Mat();
        Cv2.Rotate(scan.Pixels, pixels, rotation switch
        {
            90 => RotateFlags.Rotate90Clockwise,
            180 => RotateFlags.Rotate180,
            _ => RotateFlags.Rotate90Counterclockwise,
        });
        return new PageImage(pixels, scan.Dpi);
    }

    private static (int Rotation, IReadOnlyList<TextLine> Lines) Better(
        (int Rotation, IReadOnlyList<TextLine> Lines) asItLies, params (int Rotation, IReadOnlyList<TextLine> Lines)[] turned)
    {
        var best = turned.MaxBy(way => Score(way.Lines));
        // Standing lines are cut out and turned by the reader, so the lying page may read as well: then the text's direction decides.
        var needed = asItLies.Lines.Count(line => StandsOnEnd(line.Polygon)) > asItLies.Lines.Count / 2 ? 0.8 : TurnMargin;
        return Score(best.Lines) > needed * Score(asItLies.Lines) ? best : asItLies;
    }

    private static double Score(IReadOnlyList<TextLine> lines) => lines.Sum(line => line.Text.Length * line.Confidence * line.Confidence);

    private static bool StandsOnEnd(IReadOnlyList<PixelPoint> polygon) =>
        Math.Abs(polygon[1].Y - polygon[0].Y) > Math.Abs(polygon[1].X - polygon[0].X);

    private static Page ToPage(PageImage scan, int number, int rotation, IReadOnlyList<TextLine> lines)
    {
        var (width, height) = rotation is 90 or 270 ? (scan.HeightPx, scan.WidthPx) : (scan.WidthPx, scan.HeightPx);
        var toScan = rotation switch
        {
            90 => new Matrix3x2(0, -1, 1, 0, 0, scan.HeightPx),
            180 => new Matrix3x2(-1, 0, 0, -1, scan.WidthPx, scan.HeightPx),
            270 => new Matrix3x2(0, 1, -1, 0, scan.WidthPx, 0),
            _ => Matrix3x2.Identity,
        };
        var tilt = TiltDegrees(lines);
        if (Math.Abs(tilt) is >= MinimumTiltDegrees and <= MaximumTiltDegrees)
        {
            var center = new Vector2(width / 2f, height / 2f);
            var toTilted = Matrix3x2.CreateRotation((float)(tilt * Math.PI / 180), center);
            Matrix3x2.Invert(toTilted, out var toUpright);
            lines = [.. lines.Select(line => Straighten(line, toUpright))];
            toScan = toTilted * toScan;
        }

        return new Page
        {
            Number = number,
            WidthPx = width,
            HeightPx = height,
            RotationDegrees = rotation,
            Dpi = scan.Dpi,
            UprightToScan = toScan,
            ScanWidthPx = scan.WidthPx,
            ScanHeightPx = scan.HeightPx,
            Lines = Layout.ReadingOrder.Sort(lines),
        };
    }

    /// <summary>The median angle of lines that are long enough to have one.</summary>
    private static double TiltDegrees(IReadOnlyList<TextLine> lines)
    {
        var angles = lines.Select(line => line.Polygon)
            .Where(polygon => polygon.Count == 4 && !StandsOnEnd(polygon) && LengthOf(polygon[0], polygon[1]) > 5 * LengthOf(polygon[0], polygon[3]))
            .Select(polygon => Math.Atan2(polygon[1].Y - polygon[0].Y, polygon[1].X - polygon[0].X) * 180 / Math.PI)
            .Order().ToArray();
        return angles.Length < 3 ? 0 : angles[angles.Length / 2];
    }

    private static TextLine Straighten(TextLine line, Matrix3x2 toUpright)
    {
        var polygon = line.Polygon.Select(point => Map(point, toUpright)).ToArray();
        var height = LengthOf(line.Polygon[0], line.Polygon[^1]);
        return line.With(polygon, [.. line.Words.Select(word => word with { Box = MapBox(word.Box, height) })]);

        // The box around a tilted word is higher than the word.
        PixelBox MapBox(PixelBox box, float wordHeight)
        {
            var center = Map(new PixelPoint(box.CenterX, box.CenterY), toUpright);
            var half = Math.Min(wordHeight, box.Height) / 2;
            return StandsOnEnd(line.Polygon)
                ? PixelBox.Around([.. box.ToPolygon().Select(point => Map(point, toUpright))])
                : new PixelBox(center.X - (box.Width / 2), center.Y - half, center.X + (box.Width / 2), center.Y + half);
        }
    }

    private static float LengthOf(PixelPoint a, PixelPoint b) => Vector2.Distance(new Vector2(a.X, a.Y), new Vector2(b.X, b.Y));

    private static PixelPoint Map(PixelPoint point, Matrix3x2 matrix)
    {
        var mapped = Vector2.Transform(new Vector2(point.X, point.Y), matrix);
        return new PixelPoint(mapped.X, mapped.Y);
    }
}
