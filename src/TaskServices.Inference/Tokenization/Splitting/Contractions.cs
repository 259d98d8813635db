namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>The English contractions <c>'s|'t|'re|'ve|'m|'ll|'d</c>.</summary>
internal static class Contractions
{
    /// <summary>Gets the length of the contraction that the text begins with, or 0.</summary>
    public static int Length(ReadOnlySpan<char> text, bool ignoreCase)
    {
        if (text.Length < 2 || text[0] != '\'')
            return 0;
        var first = Fold(text[1], ignoreCase);
        if (first is 's' or 't' or 'm' or 'd')
            return 2;
        if (text.Length < 3)
            return 0;
        return (first, Fold(text[2], ignoreCase)) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    // Unicode case folding, as Oniguruma does it: U+017F (long s) is an s.
    private static char Fold(char c, bool ignoreCase) =>
        !ignoreCase ? c : c == '\u017F' ? 's' : char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
}
