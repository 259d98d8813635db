using TaskServices.InvoiceOcr.Reading;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Makes the values of a record from places of a page: nothing becomes a value without words that it points to.</summary>
internal static class Evidence
{
    /// <summary>Makes a value that stands in a part of a segment.</summary>
    public static FieldValue<T> Leaf<T>(T value, Segment segment, int offset, int length, double confidence, Label? label = null)
    {
        var read = ReadingConfidence(segment, offset, length);
        var leaf = new FieldValue<T>
        {
            Value = value,
            RawText = segment.Text.Substring(offset, length),
            Source = segment.Line.Reader == "pdf-text" ? ValueSource.PdfText : ValueSource.Ocr,
            Confidence = Math.Round(confidence * read, 3),
            OcrConfidenceMin = read < 1 ? Math.Round(read, 3) : null,
        };
        Point(leaf, segment, offset, length);
        if (label is not null)
        {
            leaf.LabelText = label.Text;
            leaf.LabelRegion = RegionOf(label.Segment.Page, label.Box);
            leaf.Evidence.Add("label");
        }

        return leaf;
    }

    /// <summary>Makes a value that is a whole segment.</summary>
    public static FieldValue<string> Leaf(Segment segment, double confidence) => Leaf(segment.Text.Trim(), segment, 0, segment.Text.Length, confidence);

    /// <summary>Makes a value that stands in several segments, with its text joined as given.</summary>
    public static FieldValue<T> Leaf<T>(T value, IReadOnlyList<Segment> segments, double confidence)
    {
        var leaf = Leaf(value, segments[0], 0, segments[0].Text.Length, confidence);
        foreach (var segment in segments.Skip(1))
        {
            Point(leaf, segment, 0, segment.Text.Length);
        }

        leaf.RawText = string.Join('\n', segments.Select(segment => segment.Text));
        return leaf;
    }

    /// <summary>Makes a value that follows from printed ones by a rule; it has no place of its own.</summary>
    public static FieldValue<T> Derived<T>(T value, double confidence, string ruleOrReason)
    {
        var leaf = new FieldValue<T> { Value = value, Source = ValueSource.Derived, Confidence = Math.Round(confidence, 3) };
        leaf.Evidence.Add(ruleOrReason);
        return leaf;
    }

    private static void Point(FieldValue leaf, Segment segment, int offset, int length)
    {
        leaf.Regions.Add(RegionOf(segment.Page, segment.BoxOf(offset, length)));
        leaf.Spans.Add(new TextSpan(segment.PageOffset + offset, length));
    }

    private static Region RegionOf(Page page, PixelBox box) => new(
        page.Number,
        [.. box.ToPolygon().Select(page.ToScan).Select(point => new[] { Math.Round(point.X, 1), Math.Round(point.Y, 1) })],
        page.ScanWidthPx > 0 ? page.ScanWidthPx : page.WidthPx,
        page.ScanHeightPx > 0 ? page.ScanHeightPx : page.HeightPx,
        page.Dpi);

    private static double ReadingConfidence(Segment segment, int offset, int length)
    {
        var line = segment.Line;
        var from = segment.LineOffset + offset;
        return line.Characters.Count == line.Text.Length && length > 0
            ? Enumerable.Range(from, length).Where(index => line.Text[index] != ' ').Select(index => (double)line.Characters[index].Probability).DefaultIfEmpty(line.Confidence).Min()
            : line.Words.Where(word => word.Offset < from + length && word.Offset + word.Text.Length > from).Select(word => word.Confidence).DefaultIfEmpty(1).Min() * line.Confidence;
    }
}

/// <summary>A label with its place, for the value that it announces.</summary>
internal sealed record Label(LabelKind Kind, string Phrase, Segment Segment, int Offset, int Length)
{
    public string Text => Segment.Text.Substring(Offset, Length);

    public PixelBox Box => Segment.BoxOf(Offset, Length);

    public int End => Offset + Length;
}
