using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>A stretch of a line without a wide gap: what people see as one cell, label or value.</summary>
/// <param name="page">The page.</param>
/// <param name="line">The line that it is part of.</param>
/// <param name="lineOffset">Where it starts in the line's text.</param>
/// <param name="pageOffset">Where it starts in the page's text.</param>
/// <param name="text">The text.</param>
/// <param name="box">The box in pixels of the upright page.</param>
/// <remarks>Two segments are the same only where they are one object.</remarks>
internal sealed class Segment(Page page, TextLine line, int lineOffset, int pageOffset, string text, PixelBox box)
{
    // Two and a half blanks of usual type; a column's gap is wider than a sentence's.
    private const float GapInHeights = 1.2f;

    public Page Page { get; } = page;

    public TextLine Line { get; } = line;

    public int LineOffset { get; } = lineOffset;

    public int PageOffset { get; } = pageOffset;

    public string Text { get; } = text;

    public PixelBox Box { get; } = box;

    /// <summary>Splits all lines of a page.</summary>
    public static List<Segment> Of(Page page)
    {
        var segments = new List<Segment>();
        var offset = 0;
        foreach (var line in page.Lines)
        {
            var start = 0;
            for (var index = 1; index <= line.Words.Count; index++)
            {
                if (index == line.Words.Count || line.Words[index].Box.Left - line.Words[index - 1].Box.Right > GapInHeights * Math.Max(line.Box.Height, 1))
                {
                    segments.Add(Join(page, line, offset, start, index - 1));
                    start = index;
                }
            }

            offset += line.Text.Length + 1;
        }

        return segments;
    }

    /// <summary>Returns the box of a part of the text, by the words that it touches.</summary>
    public PixelBox BoxOf(int offset, int length)
    {
        var from = LineOffset + offset;
        PixelBox? box = null;
        foreach (var word in Line.Words.Where(word => word.Offset < from + length && word.Offset + word.Text.Length > from))
        {
            var unit = word.Box.Width / word.Text.Length;
            var part = word.Box with
            {
                Left = word.Box.Left + (unit * Math.Max(0, from - word.Offset)),
                Right = word.Box.Right - (unit * Math.Max(0, word.Offset + word.Text.Length - from - length)),
            };
            box = box is { } known ? known.Union(part) : part;
        }

        return box ?? Box;
    }

    private static Segment Join(Page page, TextLine line, int pageOffset, int first, int last)
    {
        var from = line.Words[first].Offset;
        var to = line.Words[last].Offset + line.Words[last].Text.Length;
        return new Segment(page, line, from, pageOffset + from, line.Text[from..to], line.Words[first].Box.Union(line.Words[last].Box));
    }
}

/// <summary>What stands side by side on a page, from left to right.</summary>
internal sealed class Row(IReadOnlyList<Segment> segments)
{
    /// <summary>Gets the segments.</summary>
    public IReadOnlyList<Segment> Segments { get; } = segments;

    /// <summary>Gets the box around them.</summary>
    public PixelBox Box { get; } = segments.Select(segment => segment.Box).Aggregate((left, right) => left.Union(right));

    /// <summary>Gets the text, cells parted by two blanks.</summary>
    public string Text { get; } = string.Join("  ", segments.Select(segment => segment.Text));

    /// <summary>Sorts the segments of a page into rows: those that overlap by half the smaller height stand in one.</summary>
    public static List<Row> Of(IEnumerable<Segment> segments)
    {
        var rows = new List<List<Segment>>();
        foreach (var segment in segments.OrderBy(segment => segment.Box.CenterY))
        {
            // A row's last member, not its whole box: a skewed row must not swallow its neighbour.
            var row = rows.Count == 0 ? null : rows.TakeLast(3).LastOrDefault(candidate => candidate.All(
                member => member.Box.OverlapY(segment.Box) > 0.5f * Math.Min(member.Box.Height, segment.Box.Height)
                    && member.Box.OverlapX(segment.Box) < 0.3f * Math.Min(member.Box.Width, segment.Box.Width)));
            if (row is null)
            {
                rows.Add([segment]);
            }
            else
            {
                row.Add(segment);
            }
        }

        return [.. rows.Select(row => new Row([.. row.OrderBy(segment => segment.Box.Left)]))];
    }
}
