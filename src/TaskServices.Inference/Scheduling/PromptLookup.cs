namespace TaskServices.Inference.Scheduling;

/// <summary>
/// Drafts the tokens that followed the latest earlier occurrence of the sequence's last tokens: good for outputs that copy from
/// the prompt, such as SQL over a schema or span copying (prompt-lookup decoding, Saxena 2023).
/// </summary>
internal static class PromptLookup
{
    private const int LongestNgram = 3;
    private const int ShortestNgram = 2;

    /// <param name="tokenIds">The sequence so far.</param>
    /// <param name="draft">Receives the draft.</param>
    /// <returns>The draft's length, 0 where nothing repeats.</returns>
    public static int Draft(ReadOnlySpan<int> tokenIds, Span<int> draft)
    {
        for (var length = LongestNgram; length >= ShortestNgram; length--)
        {
            if (tokenIds.Length <= length)
                continue;
            var found = tokenIds[..^1].LastIndexOf(tokenIds[^length..]);
            if (found < 0)
                continue;
            var continuation = tokenIds[(found + length)..];
            continuation = continuation[..Math.Min(continuation.Length, draft.Length)];
            continuation.CopyTo(draft);
            return continuation.Length;
        }

        return 0;
    }
}
