namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>Finds the matches of one split pattern, by hand where a regular expression would be slower or inexact.</summary>
internal abstract class TextScanner
{
    /// <summary>Finds the first match at or after <paramref name="from"/>.</summary>
    /// <returns>False where there is none; else the match is not empty.</returns>
    public abstract bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end);
}
