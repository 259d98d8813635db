namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>
/// The GPT-2 pattern: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. Matches everywhere.
/// </summary>
internal sealed class Gpt2Scanner : TextScanner
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        start = from;
        end = from < text.Length ? End(text, from) : from;
        return end > from;
    }

    private static int End(ReadOnlySpan<char> text, int start)
    {
        var contraction = Contractions.Length(text[start..], ignoreCase: false);
        if (contraction > 0)
            return start + contraction;

        var first = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        var kind = CharacterClasses.ClassAt(text, first, out _);
        return kind is CharacterClass.Space
            ? WhiteSpace.End(text, start, CharacterClasses.RunEnd(text, start, CharacterClass.Space))
            : CharacterClasses.RunEnd(text, first, kind);
    }
}
