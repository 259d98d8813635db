namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Recognises control tokens by their text.</summary>
internal static class ControlTokens
{
    /// <summary>Ends of a text or of a turn in the supported families.</summary>
    private static readonly string[] Ends =
    [
        "<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|end|>", "<end_of_turn>", "<|EOT|>", "<eos>",
        "</s>", "<｜end▁of▁sentence｜>",
    ];

    /// <summary>
    /// Tells whether a token is a control token although its file calls it ordinary text: Qwen's <c>&lt;|fim_prefix|&gt;</c> and Gemma's
    /// <c>&lt;start_of_turn&gt;</c> are such. What a user types must never become one.
    /// </summary>
    public static bool LooksLikeOne(string text) =>
        IsBetween(text, "<|", "|>") || IsBetween(text, "<｜", "｜>") || IsBetween(text, "<unused", ">") || text
            is "<start_of_turn>" or "<end_of_turn>" or "<pad>" or "<mask>" or "<2mass>" or "[@BOS@]" or "<tool_call>" or "</tool_call>"
            or "<s>" or "</s>" or "<bos>" or "<eos>" or "<unk>";

    /// <summary>Gets the control tokens of a vocabulary by their text, those included that only look like one.</summary>
    public static Dictionary<string, int> In(TokenTable tokens)
    {
        var controls = tokens.OfKind(TokenKind.Control);
        foreach (var (text, id) in tokens.OfKind(TokenKind.UserDefined).Where(token => LooksLikeOne(token.Key)))
            controls.Add(text, id);
        return controls;
    }

    /// <summary>Gets the end tokens: those that the files name, and control tokens that are known to end a text or a turn.</summary>
    public static IReadOnlyList<int> EndTokens(IEnumerable<int> named, IReadOnlyDictionary<string, int> controlTokens)
    {
        var ends = new SortedSet<int>(named);
        foreach (var text in Ends)
        {
            if (controlTokens.TryGetValue(text, out var id))
                ends.Add(id);
        }

        return [.. ends];
    }

    private static bool IsBetween(string text, string prefix, string suffix) => text.Length > prefix.Length + suffix.Length
        && text.StartsWith(prefix, StringComparison.Ordinal) && text.EndsWith(suffix, StringComparison.Ordinal);
}
