using System.Text;

namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>Finds runs of one kind of character, such as <c>\p{N}</c>, <c>\p{P}+</c> or <c>\s?\p{L}+</c>.</summary>
/// <param name="contains">Tells whether a scalar value belongs to the run.</param>
/// <param name="single">Whether each character is a match of its own.</param>
/// <param name="leadingSpace">Whether one white space character before the run belongs to it, <c>\s?</c>.</param>
internal sealed class RunScanner(Func<Rune, bool> contains, bool single = false, bool leadingSpace = false) : TextScanner
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        var previousIsSpace = false;
        for (start = end = from; start < text.Length; start = end)
        {
            Rune.DecodeFromUtf16(text[start..], out var rune, out var length);
            end = start + length;
            if (contains(rune))
            {
                // White space lies in the Basic Multilingual Plane: one char.
                start -= previousIsSpace ? 1 : 0;
                end = single ? end : RunEnd(text, end);
                return true;
            }

            previousIsSpace = leadingSpace && Rune.IsWhiteSpace(rune);
        }

        return false;
    }

    private int RunEnd(ReadOnlySpan<char> text, int position)
    {
        while (position < text.Length)
        {
            Rune.DecodeFromUtf16(text[position..], out var rune, out var length);
            if (!contains(rune))
                break;
            position += length;
        }

        return position;
    }
}
