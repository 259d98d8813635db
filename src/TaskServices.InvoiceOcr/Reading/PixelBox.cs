namespace TaskServices.InvoiceOcr.Reading;

/// <summary>A point of a page in pixels: x to the right, y down, from the upper left corner.</summary>
public readonly record struct PixelPoint(float X, float Y);

/// <summary>A rectangle with sides along the axes, in pixels of the upright page; right and bottom are exclusive.</summary>
public readonly record struct PixelBox(float Left, float Top, float Right, float Bottom)
{
    /// <summary>Gets the width, pixels.</summary>
    public float Width => Right - Left;

    /// <summary>Gets the height, pixels.</summary>
    public float Height => Bottom - Top;

    /// <summary>Gets the middle between left and right.</summary>
    public float CenterX => (Left + Right) / 2;

    /// <summary>Gets the middle between top and bottom.</summary>
    public float CenterY => (Top + Bottom) / 2;

    /// <summary>Returns the smallest box around all points.</summary>
    /// <exception cref="ArgumentException"><paramref name="points"/> is empty.</exception>
    public static PixelBox Around(IReadOnlyList<PixelPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            throw new ArgumentException("A box needs at least one point.", nameof(points));
        }

        var box = new PixelBox(points[0].X, points[0].Y, points[0].X, points[0].Y);
        foreach (var point in points)
        {
            box = new PixelBox(
                Math.Min(box.Left, point.X), Math.Min(box.Top, point.Y), Math.Max(box.Right, point.X), Math.Max(box.Bottom, point.Y));
        }

        return box;
    }

    /// <summary>Returns the smallest box around both.</summary>
    public PixelBox Union(PixelBox other) => new(
        Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom));

    /// <summary>Returns how far the two overlap from left to right, pixels; negative is the gap between them.</summary>
    public float OverlapX(PixelBox other) => Math.Min(Right, other.Right) - Math.Max(Left, other.Left);

    /// <summary>Returns how far the two overlap from top to bottom, pixels; negative is the gap between them.</summary>
    public float OverlapY(PixelBox other) => Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);

    /// <summary>Returns the corners clockwise from the upper left one.</summary>
    public IReadOnlyList<PixelPoint> ToPolygon() => [new(Left, Top), new(Right, Top), new(Right, Bottom), new(Left, Bottom)];
}
