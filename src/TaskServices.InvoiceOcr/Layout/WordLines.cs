using System.Text;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Layout;

/// <summary>Makes lines of loose words, as text layers have them.</summary>
internal static class WordLines
{
    // Wider than a blank and any justified one: another column.
    private const float ColumnGapInHeights = 1.5f;

    public static IReadOnlyList<TextLine> Build(IEnumerable<(string Text, PixelBox Box)> words, string reader)
    {
        var lines = new List<TextLine>();
        foreach (var row in ReadingOrder.Rows(words, word => word.Box))
        {
            var start = 0;
            for (var index = 1; index <= row.Count; index++)
            {
                if (index == row.Count || row[index].Box.Left - row[index - 1].Box.Right > ColumnGapInHeights * row[index - 1].Box.Height)
                {
                    lines.Add(Join(row[start..index], reader));
                    start = index;
                }
            }
        }

        return lines;
    }

    private static TextLine Join(List<(string Text, PixelBox Box)> words, string reader)
    {
        var text = new StringBuilder();
        var placed = new List<Word>();
        foreach (var (word, wordBox) in words)
        {
            text.Append(text.Length > 0 ? " " : "");
            // A text layer may have blanks inside what it calls a word.
            foreach (var part in Word.Split(word, wordBox))
            {
                placed.Add(part with { Offset = part.Offset + text.Length });
            }

            text.Append(word);
        }

        var box = words.Select(word => word.Box).Aggregate((a, b) => a.Union(b));
        return new TextLine { Text = text.ToString(), Polygon = box.ToPolygon(), Box = box, Words = placed, Reader = reader };
    }
}
