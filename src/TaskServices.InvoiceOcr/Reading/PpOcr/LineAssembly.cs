using System.Text;
using OpenCvSharp;

namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>Makes a text line of what was decoded: words at blanks, with boxes from the places where their characters were seen.</summary>
internal static class LineAssembly
{
    /// <summary>Returns the line, or null where nothing but blanks was read.</summary>
    /// <param name="stepPx">Width of one step, pixels of the line's image.</param>
    public static TextLine? ToTextLine(LineImage image, DecodedLine line, double stepPx, string reader)
    {
        var first = line.Characters.TakeWhile(character => IsBlank(character)).Count();
        var characters = line.Characters.Skip(first).ToList();
        while (characters.Count > 0 && IsBlank(characters[^1]))
        {
            characters.RemoveAt(characters.Count - 1);
        }

        if (characters.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        var readings = new List<CharacterReading>();
        // Where each UTF-16 unit starts, as a fraction of the line's width; one more for the end.
        var edges = new List<double>();
        for (var index = 0; index < characters.Count; index++)
        {
            var (own, _, reading) = characters[index];
            text.Append(own);
            readings.AddRange(Enumerable.Repeat(reading, own.Length));
            edges.AddRange(Enumerable.Repeat(LeftEdge(characters, index, stepPx, image.Pixels.Width), own.Length));
        }

        edges.Add(Math.Min(1, CenterOf(characters[^1], stepPx, image.Pixels.Width) + (HalfWidth(characters, stepPx, image.Pixels.Width) * 1.2)));
        var outline = image.Outline.Select(corner => new PixelPoint(corner.X, corner.Y)).ToArray();
        return new TextLine
        {
            Text = text.ToString(),
            Polygon = outline,
            Box = PixelBox.Around(outline),
            Words = Words(text.ToString(), edges, readings, image.Outline),
            Characters = readings,
            Confidence = line.Score,
            Reader = reader,
        };
    }

    private static bool IsBlank(DecodedCharacter character) => string.IsNullOrWhiteSpace(character.Text);

    private static double CenterOf(DecodedCharacter character, double stepPx, int widthPx) => (character.Step + 0.5) * stepPx / widthPx;

    private static double HalfWidth(List<DecodedCharacter> characters, double stepPx, int widthPx) => characters.Count == 1
        ? 0.5
        : (CenterOf(characters[^1], stepPx, widthPx) - CenterOf(characters[0], stepPx, widthPx)) / (characters.Count - 1) / 2;

    private static double LeftEdge(List<DecodedCharacter> characters, int index, double stepPx, int widthPx)
    {
        var center = CenterOf(characters[index], stepPx, widthPx);
        var left = index == 0
            ? center - (HalfWidth(characters, stepPx, widthPx) * 1.2)
            : (CenterOf(characters[index - 1], stepPx, widthPx) + center) / 2;
        return Math.Clamp(left, 0, 1);
    }

    private static List<Word> Words(string text, List<double> edges, List<CharacterReading> readings, Point2f[] outline) =>
    [
        .. Word.Ranges(text).Select(word => new Word(
            text[word.Start..word.End], BoxBetween(outline, edges[word.Start], edges[word.End]), word.Start,
            Enumerable.Range(word.Start, word.End - word.Start).Average(index => readings[index].Probability))),
    ];

    private static PixelBox BoxBetween(Point2f[] outline, double from, double to) => PixelBox.Around(
        [Along(outline[0], outline[1], from), Along(outline[0], outline[1], to), Along(outline[3], outline[2], to), Along(outline[3], outline[2], from)]);

    private static PixelPoint Along(Point2f a, Point2f b, double fraction) =>
        new((float)(a.X + ((b.X - a.X) * fraction)), (float)(a.Y + ((b.Y - a.Y) * fraction)));
}
