namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>Finds a text that is not empty.</summary>
internal sealed class LiteralScanner(string literal) : TextScanner
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        var found = text[from..].IndexOf(literal, StringComparison.Ordinal);
        (start, end) = (from + found, from + found + literal.Length);
        return found >= 0;
    }
}
