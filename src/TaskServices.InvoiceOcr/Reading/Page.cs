using System.Numerics;

namespace TaskServices.InvoiceOcr.Reading;

/// <summary>One page with its text. All boxes of its lines are in pixels of the upright page: turned and deskewed so that it reads.</summary>
public sealed class Page
{
    /// <summary>Gets the number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Gets the width of the upright page, pixels.</summary>
    public required int WidthPx { get; init; }

    /// <summary>Gets the height of the upright page, pixels.</summary>
    public required int HeightPx { get; init; }

    /// <summary>Gets by how much the scan was turned clockwise to stand upright: 0, 90, 180 or 270 degrees.</summary>
    public int RotationDegrees { get; init; }

    /// <summary>Gets the scan's resolution in dots per inch; 0 where the file does not say.</summary>
    public int Dpi { get; init; }

    /// <summary>Gets the map from the upright page to the scan as it came, which regions of a record refer to.</summary>
    public Matrix3x2 UprightToScan { get; init; } = Matrix3x2.Identity;

    /// <summary>Gets the width of the scan as it came, pixels; 0 where it is <see cref="WidthPx"/>.</summary>
    public int ScanWidthPx { get; init; }

    /// <summary>Gets the height of the scan as it came, pixels; 0 where it is <see cref="HeightPx"/>.</summary>
    public int ScanHeightPx { get; init; }

    /// <summary>Gets the lines in reading order.</summary>
    public required IReadOnlyList<TextLine> Lines { get; init; }

    /// <summary>Gets the page's text: its lines in order, each but the last followed by a line feed. Spans of a record count in it.</summary>
    public string Text => field ??= string.Join('\n', Lines.Select(line => line.Text));

    /// <summary>Returns where a line starts in <see cref="Text"/>, UTF-16 units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such line.</exception>
    public int OffsetOf(int lineIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lineIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lineIndex, Lines.Count);
        var offset = 0;
        for (var index = 0; index < lineIndex; index++)
        {
            offset += Lines[index].Text.Length + 1;
        }

        return offset;
    }

    /// <summary>Maps a point of the upright page to the scan.</summary>
    public PixelPoint ToScan(PixelPoint point)
    {
        var mapped = Vector2.Transform(new Vector2(point.X, point.Y), UprightToScan);
        return new PixelPoint(mapped.X, mapped.Y);
    }
}
