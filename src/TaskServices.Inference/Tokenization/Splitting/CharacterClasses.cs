using System.Globalization;
using System.Text;

namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>The four classes that the byte-level pre-tokenizers tell apart.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Everything else.</summary>
    Other,

    /// <summary>White space, <c>\s</c>.</summary>
    Space,

    /// <summary>A letter, <c>\p{L}</c>.</summary>
    Letter,

    /// <summary>A number, <c>\p{N}</c>: digits, and also ½ or Ⅷ.</summary>
    Number,
}

/// <summary>Classifies Unicode scalar values, so that a letter beyond U+FFFF is one letter and not two surrogates.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] Latin1 = [.. Enumerable.Range(0, 256).Select(c => ClassOf(new Rune(c)))];

    /// <summary>Gets the class of the scalar value at a position; a lone surrogate is U+FFFD, so <c>Other</c>.</summary>
    public static CharacterClass ClassAt(ReadOnlySpan<char> text, int position, out int length)
    {
        var c = text[position];
        if (c < 256)
        {
            length = 1;
            return Latin1[c];
        }

        Rune.DecodeFromUtf16(text[position..], out var rune, out length);
        return ClassOf(rune);
    }

    /// <summary>Gets the end of the run of one class that begins at a position.</summary>
    public static int RunEnd(ReadOnlySpan<char> text, int position, CharacterClass wanted)
    {
        while (position < text.Length && ClassAt(text, position, out var length) == wanted)
            position += length;
        return position;
    }

    public static bool IsPunctuation(Rune rune) => Rune.GetUnicodeCategory(rune)
        is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    public static bool IsNumber(Rune rune) => ClassOf(rune) is CharacterClass.Number;

    public static bool IsLetter(Rune rune) => ClassOf(rune) is CharacterClass.Letter;

    private static CharacterClass ClassOf(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ => Rune.IsWhiteSpace(rune) ? CharacterClass.Space : CharacterClass.Other,
    };
}
