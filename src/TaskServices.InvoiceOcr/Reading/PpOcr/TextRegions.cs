using OpenCvSharp;

namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>Turns a map of text probabilities into rectangles, which may be tilted.</summary>
internal static class TextRegions
{
    private const double PixelThreshold = 0.3;

    private const double RegionThreshold = 0.5;

    // The network is trained on shrunk text: a rectangle grows by area × ratio ÷ circumference on each side.
    private const double UnclipRatio = 1.6;

    private const double MinimumSidePx = 3;

    private const int MaximumRegions = 1000;

    private const float SameRowPx = 10;

    /// <summary>Returns the outlines, clockwise from the upper left corner, from top to bottom and left to right.</summary>
    /// <param name="map">Probabilities, one float a pixel.</param>
    /// <param name="pageWidth">Width of the page that the outlines are scaled to, pixels.</param>
    /// <param name="pageHeight">Its height, pixels.</param>
    public static List<Point2f[]> Find(Mat map, int pageWidth, int pageHeight)
    {
        using var mask = new Mat();
        Cv2.Threshold(map, mask, PixelThreshold, 255, ThresholdTypes.Binary);
        mask.ConvertTo(mask, MatType.CV_8UC1);
        using var kernel = Mat.Ones(2, 2, MatType.CV_8UC1).ToMat();
        Cv2.Dilate(mask, mask, kernel);
        Cv2.FindContours(mask, out var contours, out _, RetrievalModes.List, ContourApproximationModes.ApproxSimple);
        var regions = new List<Point2f[]>();
        foreach (var contour in contours.Take(MaximumRegions))
        {
            if (FromContour(map, contour) is not { } outline)
            {
                continue;
            }

            var scaled = Array.ConvertAll(outline, corner => new Point2f(
                (float)Math.Clamp(Math.Round(corner.X / map.Width * pageWidth), 0, pageWidth - 1),
                (float)Math.Clamp(Math.Round(corner.Y / map.Height * pageHeight), 0, pageHeight - 1)));
            if (Distance(scaled[0], scaled[1]) > MinimumSidePx && Distance(scaled[0], scaled[3]) > MinimumSidePx)
            {
                regions.Add(scaled);
            }
        }

        return Ordered(regions);
    }

    internal static double Distance(Point2f a, Point2f b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));

    private static Point2f[]? FromContour(Mat map, Point[] contour)
    {
        var inner = Cv2.MinAreaRect(contour);
        if (Math.Min(inner.Size.Width, inner.Size.Height) < MinimumSidePx || MeanInside(map, Corners(inner)) < RegionThreshold)
        {
            return null;
        }

        var outer = Cv2.MinAreaRect(Grown(Corners(inner), inner.Size.Width * inner.Size.Height * UnclipRatio / (2 * (inner.Size.Width + inner.Size.Height))));
        return Math.Min(outer.Size.Width, outer.Size.Height) < MinimumSidePx + 2 ? null : Corners(outer);
    }

    /// <summary>Moves the sides outwards and rounds the corners, in whole pixels as the reference pipeline's polygon clipper does.</summary>
    private static List<Point> Grown(Point2f[] corners, double distance)
    {
        var whole = Array.ConvertAll(corners, corner => new Point((int)corner.X, (int)corner.Y));
        var points = new List<Point>();
        for (var index = 0; index < whole.Length; index++)
        {
            var corner = whole[index];
            var from = NormalAngle(whole[(index + whole.Length - 1) % whole.Length], corner);
            var turn = NormalAngle(corner, whole[(index + 1) % whole.Length]) - from;
            turn += turn < -Math.PI ? 2 * Math.PI : 0;
            var steps = Math.Max(1, (int)Math.Round(turn / Math.Acos(1 - Math.Min(1, 0.25 / distance)) / 2));
            for (var step = 0; step <= steps; step++)
            {
                var (sine, cosine) = Math.SinCos(from + (turn * step / steps));
                points.Add(new Point((int)Math.Round(corner.X + (distance * cosine)), (int)Math.Round(corner.Y + (distance * sine))));
            }
        }

        return points;
    }

    // Outwards, as the corners run clockwise with y down.
    private static double NormalAngle(Point from, Point to) => Math.Atan2(from.X - to.X, to.Y - from.Y);

    /// <summary>Orders the corners clockwise from the upper left one.</summary>
    private static Point2f[] Corners(RotatedRect rectangle)
    {
        var byX = rectangle.Points().OrderBy(corner => corner.X).ToArray();
        var (upperLeft, lowerLeft) = byX[0].Y <= byX[1].Y ? (byX[0], byX[1]) : (byX[1], byX[0]);
        var (upperRight, lowerRight) = byX[2].Y <= byX[3].Y ? (byX[2], byX[3]) : (byX[3], byX[2]);
        return [upperLeft, upperRight, lowerRight, lowerLeft];
    }

    private static double MeanInside(Mat map, Point2f[] corners)
    {
        var left = Math.Clamp((int)Math.Floor(corners.Min(corner => corner.X)), 0, map.Width - 1);
        var right = Math.Clamp((int)Math.Ceiling(corners.Max(corner => corner.X)), 0, map.Width - 1);
        var top = Math.Clamp((int)Math.Floor(corners.Min(corner => corner.Y)), 0, map.Height - 1);
        var bottom = Math.Clamp((int)Math.Ceiling(corners.Max(corner => corner.Y)), 0, map.Height - 1);
        var window = new Rect(left, top, right - left + 1, bottom - top + 1);
        using var mask = new Mat(window.Height, window.Width, MatType.CV_8UC1, Scalar.Black);
        Cv2.FillPoly(mask, [[.. corners.Select(corner => new Point((int)(corner.X - left), (int)(corner.Y - top)))]], Scalar.White);
        using var part = new Mat(map, window);
        return Cv2.Mean(part, mask).Val0;
    }

    private static List<Point2f[]> Ordered(List<Point2f[]> regions)
    {
        var byTop = regions.OrderBy(region => region[0].Y).ToList();
        var rows = new List<(int Row, Point2f[] Region)>();
        for (var index = 0; index < byTop.Count; index++)
        {
            var startsRow = index > 0 && byTop[index][0].Y - byTop[index - 1][0].Y >= SameRowPx;
            rows.Add(((index == 0 ? 0 : rows[^1].Row) + (startsRow ? 1 : 0), byTop[index]));
        }

        return [.. rows.OrderBy(item => item.Row).ThenBy(item => item.Region[0].X).Select(item => item.Region)];
    }
}
