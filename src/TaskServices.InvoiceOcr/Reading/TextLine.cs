namespace TaskServices.InvoiceOcr.Reading;

/// <summary>One line of text on a page, as one reader read it.</summary>
public sealed class TextLine
{
    /// <summary>Gets the text, as read: one line, not empty.</summary>
    public required string Text { get; init; }

    /// <summary>Gets the outline, clockwise from the text's upper left corner, in pixels of the upright page.</summary>
    public required IReadOnlyList<PixelPoint> Polygon { get; init; }

    /// <summary>Gets the box around the outline.</summary>
    public required PixelBox Box { get; init; }

    /// <summary>Gets the words from left to right; their texts stand in <see cref="Text"/> at their offsets.</summary>
    public required IReadOnlyList<Word> Words { get; init; }

    /// <summary>Gets what the reader knows of each UTF-16 unit of <see cref="Text"/>; empty where it does not say.</summary>
    public IReadOnlyList<CharacterReading> Characters { get; init; } = [];

    /// <summary>Gets the probability that the line is read right, 0 to 1; 1 for text that was never an image.</summary>
    public double Confidence { get; init; } = 1;

    /// <summary>Gets the reader's name, for example <c>ppocr</c>, <c>tesseract</c> or <c>pdf-text</c>.</summary>
    public required string Reader { get; init; }

    /// <summary>Gets what a second reader read here; null where none did.</summary>
    public SecondReading? Second { get; init; }

    /// <summary>Makes a line whose words are split at blanks, with boxes in proportion to their characters.</summary>
    /// <exception cref="ArgumentException">The text is blank.</exception>
    public static TextLine FromText(string text, PixelBox box, string reader)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return new TextLine
        {
            Text = text,
            Polygon = box.ToPolygon(),
            Box = box,
            Words = Word.Split(text, box),
            Reader = reader,
        };
    }

    /// <summary>Returns the same line at another place.</summary>
    internal TextLine With(IReadOnlyList<PixelPoint> polygon, IReadOnlyList<Word> words) => new()
    {
        Text = Text,
        Polygon = polygon,
        Box = PixelBox.Around(polygon),
        Words = words,
        Characters = Characters,
        Confidence = Confidence,
        Reader = Reader,
        Second = Second,
    };

    /// <summary>Returns the same line with another reader's evidence.</summary>
    internal TextLine With(IReadOnlyList<CharacterReading> characters, SecondReading second) => new()
    {
        Text = Text,
        Polygon = Polygon,
        Box = Box,
        Words = Words,
        Characters = characters,
        Confidence = Confidence,
        Reader = Reader,
        Second = second,
    };
}

/// <summary>The same line by another reader.</summary>
/// <param name="Reader">Its name.</param>
/// <param name="Text">What it read; empty where it saw nothing.</param>
/// <param name="Confidence">The probability that it is right, 0 to 1, as it says itself.</param>
public sealed record SecondReading(string Reader, string Text, double Confidence);
