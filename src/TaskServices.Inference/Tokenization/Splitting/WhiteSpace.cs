namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>The alternatives <c>\s+(?!\S)|\s+</c> that end the byte-level patterns.</summary>
internal static class WhiteSpace
{
    /// <summary>Gets where the match ends: a run leaves its last character to the word that follows it.</summary>
    /// <param name="start">Where the run begins.</param>
    /// <param name="runEnd">Where the run ends, after at least one character.</param>
    public static int End(ReadOnlySpan<char> text, int start, int runEnd) =>
        runEnd == text.Length || runEnd - start == 1 ? runEnd : runEnd - 1;
}
