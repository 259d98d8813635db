namespace TaskServices.InvoiceOcr.Reading;

/// <summary>A word of a line: what stands between blanks.</summary>
/// <param name="Text">The word, without blanks.</param>
/// <param name="Box">Its box in pixels of the upright page.</param>
/// <param name="Offset">Where it starts in the line's text, UTF-16 units.</param>
/// <param name="Confidence">The probability that it is read right, 0 to 1.</param>
public sealed record Word(string Text, PixelBox Box, int Offset, double Confidence = 1)
{
    /// <summary>Splits a line at blanks and shares its box out by the number of characters, as for evenly set type.</summary>
    public static IReadOnlyList<Word> Split(string text, PixelBox box)
    {
        ArgumentNullException.ThrowIfNull(text);
        var unit = box.Width / Math.Max(text.Length, 1);
        return
        [
            .. Ranges(text).Select(word => new Word(
                text[word.Start..word.End], box with { Left = box.Left + (unit * word.Start), Right = box.Left + (unit * word.End) }, word.Start)),
        ];
    }

    /// <summary>Finds the words of a line: from the first unit to behind the last one.</summary>
    internal static IEnumerable<(int Start, int End)> Ranges(string text)
    {
        for (var start = 0; start < text.Length; start++)
        {
            if (char.IsWhiteSpace(text[start]))
            {
                continue;
            }

            var end = start;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            yield return (start, end);
            start = end;
        }
    }
}

/// <summary>What a reader knows of one character.</summary>
/// <param name="Probability">The probability of the character that it chose, 0 to 1.</param>
/// <param name="Alternatives">What else it may be, likeliest first; an empty text stands for "no character here".</param>
public sealed record CharacterReading(float Probability, IReadOnlyList<CharacterAlternative> Alternatives)
{
    /// <summary>Gets whether a second, independent reader saw the same character.</summary>
    public ReaderAgreement Agreement { get; init; }
}

/// <summary>What a second reader says of a character.</summary>
public enum ReaderAgreement
{
    /// <summary>There was no second reading.</summary>
    NotRead,

    /// <summary>The same character.</summary>
    Agrees,

    /// <summary>Another one, none, or one more; it is among the alternatives.</summary>
    Differs,
}

/// <summary>Another reading of one character, with its probability from 0 to 1.</summary>
public readonly record struct CharacterAlternative(string Text, float Probability);
