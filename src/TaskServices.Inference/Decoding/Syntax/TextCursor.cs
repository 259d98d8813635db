using System.Globalization;
using System.Text;

namespace TaskServices.Inference.Decoding.Syntax;

/// <summary>Reads a grammar's text and knows where it stands, so that every message has a line and a column.</summary>
internal sealed class TextCursor(string text)
{
    public int Position { get; private set; }

    public bool AtEnd => Position >= text.Length;

    /// <summary>Gets the next character, or NUL at the end.</summary>
    public char Next => AtEnd ? '\0' : text[Position];

    public char Take() => AtEnd ? throw Fail("the text ends here") : text[Position++];

    public bool TryTake(char expected)
    {
        if (AtEnd || text[Position] != expected)
        {
            return false;
        }

        Position++;
        return true;
    }

    public bool TryTake(string expected)
    {
        if (!text.AsSpan(Position).StartsWith(expected, StringComparison.Ordinal))
        {
            return false;
        }

        Position += expected.Length;
        return true;
    }

    public void SkipBlanks()
    {
        while (!AtEnd && (char.IsWhiteSpace(Next) || Next == '#'))
        {
            if (Next == '#')
            {
                while (!AtEnd && Next != '\n')
                {
                    Position++;
                }
            }
            else
            {
                Position++;
            }
        }
    }

    /// <summary>Reads a name, or returns null where none begins here.</summary>
    public string? TryTakeName()
    {
        var start = Position;
        while (char.IsAsciiLetter(Next) || Next == '_' || (Position > start && (char.IsAsciiDigit(Next) || Next == '-')))
        {
            Position++;
        }

        return Position == start ? null : text[start..Position];
    }

    /// <summary>Reads a number, or returns null where none begins here; what no <see cref="int"/> holds becomes the largest.</summary>
    public int? TryTakeNumber()
    {
        var start = Position;
        while (!AtEnd && char.IsAsciiDigit(Next))
        {
            Position++;
        }

        var digits = text.AsSpan(start, Position - start);
        return digits.IsEmpty ? null : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
    }

    /// <summary>Reads the hexadecimal digits of <c>\xHH</c> or <c>\uXXXX</c>; two escaped surrogates make one character.</summary>
    public int TakeEscapedCodePoint(int digits)
    {
        var start = Position - 2;
        var value = TakeHexadecimal(digits);
        if (char.IsHighSurrogate((char)value) && TryTake("\\u"))
        {
            var low = TakeHexadecimal(4);
            return char.IsLowSurrogate((char)low)
                ? char.ConvertToUtf32((char)value, (char)low)
                : throw Fail("expected the second half of a surrogate pair", start);
        }

        return char.IsSurrogate((char)value) ? throw Fail("half a surrogate pair is not a character", start) : value;
    }

    /// <summary>Reads one whole character, two UTF-16 code units where it needs them.</summary>
    public int TakeCodePoint()
    {
        if (!Rune.TryGetRuneAt(text, Position, out var rune))
        {
            throw Fail("half a surrogate pair is not a character");
        }

        Position += rune.Utf16SequenceLength;
        return rune.Value;
    }

    public void Rewind(int position) => Position = position;

    public GrammarException Fail(string message) => Fail(message, Position);

    public GrammarException Fail(string message, int position)
    {
        var before = text.AsSpan(0, Math.Min(position, text.Length));
        return new GrammarException(message, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    private int TakeHexadecimal(int digits)
    {
        if (Position + digits > text.Length
            || !int.TryParse(text.AsSpan(Position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw Fail($"expected {digits} hexadecimal digits");
        }

        Position += digits;
        return value;
    }
}
