using System.Text.Json;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Reads requests of <c>/v1/completions</c>.</summary>
internal static class CompletionRequest
{
    /// <summary>What OpenAI's API takes where nothing is said.</summary>
    private const int DefaultMaxTokens = 16;

    private const int MaxPrompts = 16;

    public static TextGeneration Read(RequestFields fields, ServedModel served)
    {
        var prompts = ReadPrompts(fields, served);
        fields.AllowOnly("echo", value => value.ValueKind is JsonValueKind.False, "the prompt is not repeated");
        fields.AllowOnly("suffix", value => value.ValueKind is JsonValueKind.String && value.ValueEquals(""u8), "text is only continued");
        fields.AllowOnly("best_of", value => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var count) && count is 1, "use 'n'");
        fields.AllowOnly(
            "logprobs",
            value => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var count) && count is 0,
            "only 0 is: the chosen tokens' log-probabilities");
        var generation = GenerationReader.Read(fields, served, prompts, DefaultMaxTokens, includesLogProbabilities: fields.Find("logprobs") is not null);
        fields.RefuseOthers();
        return generation;
    }

    private static IReadOnlyList<int[]> ReadPrompts(RequestFields fields, ServedModel served)
    {
        var prompt = fields.Find("prompt") ?? throw OpenAiException.Invalid("missing_required_parameter", "prompt", "'prompt' is required.");
        if (prompt.ValueKind is JsonValueKind.String)
            return [Encode(prompt, served)];
        if (prompt.ValueKind is not JsonValueKind.Array || prompt.GetArrayLength() == 0)
            throw RequestFields.WrongType("prompt", "a text, an array of texts, an array of token IDs, or an array of such arrays; not empty");
        if (prompt[0].ValueKind is JsonValueKind.Number)
            return [ReadTokens(prompt)];
        return prompt.GetArrayLength() <= MaxPrompts
            ? [.. prompt.EnumerateArray().Select(item => item.ValueKind is JsonValueKind.Array ? ReadTokens(item) : Encode(item, served))]
            : throw OpenAiException.Invalid("invalid_value", "prompt", $"'prompt' has more than {MaxPrompts} prompts.");
    }

    // Text such as <|im_end|> stays text; a client that wants control tokens sends token IDs.
    private static int[] Encode(JsonElement text, ServedModel served)
    {
        var tokenizer = served.Host.Tokenizer;
        var tokenIds = tokenizer.Encode(RequestFields.TextOf(text, "prompt"));
        tokenIds = tokenizer.BosTokenId is { } bos ? [bos, .. tokenIds] : tokenIds;
        return tokenIds.Length > 0 ? tokenIds : throw OpenAiException.Invalid("PROMPT_EMPTY", "prompt", "'prompt' is empty.");
    }

    private static int[] ReadTokens(JsonElement array)
    {
        int[] tokenIds =
        [
            .. array.EnumerateArray().Select(item => item.ValueKind is JsonValueKind.Number && item.TryGetInt32(out var id)
                ? id
                : throw RequestFields.WrongType("prompt", "an array of token IDs where its first element is one")),
        ];
        return tokenIds.Length > 0 ? tokenIds : throw OpenAiException.Invalid("PROMPT_EMPTY", "prompt", "'prompt' is empty.");
    }
}
