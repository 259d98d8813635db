namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>
/// The pattern of Llama 3 (three digits at once) and Qwen 2 (one), matching everywhere:
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
/// <param name="maxDigits">The most numbers in one piece.</param>
internal sealed class Llama3Scanner(int maxDigits) : TextScanner
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        start = from;
        end = from < text.Length ? End(text, from) : from;
        return end > from;
    }

    private int End(ReadOnlySpan<char> text, int start)
    {
        var contraction = Contractions.Length(text[start..], ignoreCase: true);
        if (contraction > 0)
            return start + contraction;

        var kind = CharacterClasses.ClassAt(text, start, out var length);
        if (kind is CharacterClass.Letter)
            return CharacterClasses.RunEnd(text, start, CharacterClass.Letter);
        if (kind is CharacterClass.Number)
            return NumbersEnd(text, start);

        var second = start + length;
        if (text[start] is not ('\r' or '\n') && IsAt(text, second, CharacterClass.Letter))
            return CharacterClasses.RunEnd(text, second, CharacterClass.Letter);
        if (kind is CharacterClass.Other)
            return OthersEnd(text, start);
        if (text[start] == ' ' && IsAt(text, second, CharacterClass.Other))
            return OthersEnd(text, second);
        return SpacesEnd(text, start);
    }

    private static bool IsAt(ReadOnlySpan<char> text, int position, CharacterClass wanted) =>
        position < text.Length && CharacterClasses.ClassAt(text, position, out _) == wanted;

    private int NumbersEnd(ReadOnlySpan<char> text, int position)
    {
        for (var count = 0; count < maxDigits && IsAt(text, position, CharacterClass.Number); count++)
        {
            CharacterClasses.ClassAt(text, position, out var length);
            position += length;
        }

        return position;
    }

    private static int OthersEnd(ReadOnlySpan<char> text, int position)
    {
        position = CharacterClasses.RunEnd(text, position, CharacterClass.Other);
        while (position < text.Length && text[position] is ('\r' or '\n'))
            position++;
        return position;
    }

    private static int SpacesEnd(ReadOnlySpan<char> text, int start)
    {
        var runEnd = CharacterClasses.RunEnd(text, start, CharacterClass.Space);
        var lineEnd = text[start..runEnd].LastIndexOfAny('\r', '\n');
        return lineEnd >= 0 ? start + lineEnd + 1 : WhiteSpace.End(text, start, runEnd);
    }
}
