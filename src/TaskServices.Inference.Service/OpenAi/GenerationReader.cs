using System.Text.Json;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Reads the fields that both kinds of request have.</summary>
internal static class GenerationReader
{
    private const int MaxChoices = 16;
    private const int MaxStopSequences = 16;
    private const int MaxStopLength = 1_000;
    private const int MaxModelLength = 256;
    private const int MaxGrammarLength = 3_000_000;

    /// <summary>Reads everything but the prompts and what makes log-probabilities wanted.</summary>
    /// <param name="prompts">The prompts' tokens.</param>
    /// <param name="defaultMaxTokens">Bound on completion tokens where the request names none; null is what the context holds.</param>
    public static TextGeneration Read(
        RequestFields fields, ServedModel served, IReadOnlyList<int[]> prompts, int? defaultMaxTokens, bool includesLogProbabilities)
    {
        var model = fields.Text("model", MaxModelLength)
            ?? throw OpenAiException.Invalid("missing_required_parameter", "model", "'model' is required; /v1/models lists the models.");
        var count = (int)(fields.Integer("n", 1, MaxChoices) ?? 1);
        if (count * prompts.Count > MaxChoices)
            throw OpenAiException.Invalid("invalid_value", "n", $"{prompts.Count} prompts with {count} choices each are more than {MaxChoices} choices.");
        var isStreamed = fields.Flag("stream");
        var includesUsage = ReadStreamOptions(fields, isStreamed);
        var settings = new GenerationRequest
        {
            PromptTokenIds = [],
            MaxCompletionTokens = ReadMaxTokens(fields, served.Host.Model.ContextLength, prompts, defaultMaxTokens),
            Grammar = ReadGrammar(fields),
            Sampling = new SamplingOptions(fields.Number("temperature", 0, 2) ?? 1, ReadTopP(fields), ReadSeed(fields)),
            Adapter = FindAdapter(served, model),
        };
        RefuseUnsupported(fields);
        return new TextGeneration
        {
            Model = model,
            Prompts = prompts,
            Settings = settings,
            ChoiceCount = count,
            StopSequences = ReadStop(fields),
            IsStreamed = isStreamed,
            IncludesUsage = includesUsage,
            IncludesLogProbabilities = includesLogProbabilities,
        };
    }

    /// <summary>Finds the adapter that a model's name stands for; null is the base model.</summary>
    /// <exception cref="OpenAiException">404: no such model.</exception>
    public static string? FindAdapter(ServedModel served, string model) =>
        model == served.Host.Model.Name ? null
        : served.Host.Adapters.List().Any(adapter => adapter.Name == model) ? model
        : throw new OpenAiException(
            404, "invalid_request_error", "model_not_found", "model", "There is no such model; /v1/models lists the models.");

    private static bool ReadStreamOptions(RequestFields fields, bool isStreamed)
    {
        if (fields.Object("stream_options") is not { } options)
            return false;
        if (!isStreamed)
            throw OpenAiException.Invalid("invalid_value", "stream_options", "'stream_options' needs 'stream': true.");
        var includesUsage = options.Flag("include_usage");
        options.AllowOnly("include_obfuscation", value => value.ValueKind is JsonValueKind.False, "leave it out");
        options.RefuseOthers();
        return includesUsage;
    }

    private static int ReadMaxTokens(RequestFields fields, int contextLength, IReadOnlyList<int[]> prompts, int? defaultMaxTokens)
    {
        var newer = fields.Integer("max_completion_tokens", 1, int.MaxValue);
        var older = fields.Integer("max_tokens", 1, int.MaxValue);
        if (newer is not null && older is not null)
            throw OpenAiException.Invalid("invalid_value", "max_tokens", "Give 'max_tokens' or 'max_completion_tokens', not both.");
        var longest = prompts.Max(prompt => prompt.Length);
        var wanted = newer ?? older;
        if (longest + (wanted ?? 1) > contextLength)
        {
            throw OpenAiException.Invalid(
                "context_length_exceeded",
                wanted is null ? "messages" : newer is null ? "max_tokens" : "max_completion_tokens",
                $"The model's context holds {contextLength} tokens; the prompt has {longest} and the completion may have {wanted ?? 1}. Shorten one of them.");
        }

        return (int)(wanted ?? Math.Min(defaultMaxTokens ?? int.MaxValue, contextLength - longest));
    }

    private static double ReadTopP(RequestFields fields)
    {
        var topP = fields.Number("top_p", 0, 1) ?? 1;
        return topP > 0 ? topP : throw OpenAiException.Invalid("invalid_value", "top_p", "'top_p' must be above 0; use 'temperature': 0 for greedy.");
    }

    // Without a seed each request is another sample.
    private static ulong ReadSeed(RequestFields fields) =>
        unchecked((ulong)(fields.Integer("seed", long.MinValue, long.MaxValue) ?? Random.Shared.NextInt64()));

    private static string[] ReadStop(RequestFields fields)
    {
        if (fields.Find("stop") is not { } stop)
            return [];
        string[] sequences = stop.ValueKind is JsonValueKind.Array
            ? [.. stop.EnumerateArray().Take(MaxStopSequences + 1).Select(item => RequestFields.TextOf(item, "stop", MaxStopLength))]
            : [RequestFields.TextOf(stop, "stop", MaxStopLength)];
        return sequences.Length <= MaxStopSequences && sequences.All(sequence => sequence.Length > 0)
            ? sequences
            : throw OpenAiException.Invalid("invalid_value", "stop", $"'stop' must be at most {MaxStopSequences} texts, none of them empty.");
    }

    private static GrammarText? ReadGrammar(RequestFields fields)
    {
        var grammar = fields.Text("grammar", MaxGrammarLength);
        var format = ResponseFormat.Read(fields);
        return (grammar, format) switch
        {
            (null, _) => format,
            (_, null) => new GrammarText(grammar),
            _ => throw OpenAiException.Invalid("invalid_value", "grammar", "Give 'grammar' or 'response_format', not both."),
        };
    }

    private static void RefuseUnsupported(RequestFields fields)
    {
        foreach (var name in (string[])["frequency_penalty", "presence_penalty"])
            fields.AllowOnly(name, value => value.ValueKind is JsonValueKind.Number && value.GetDouble() is 0, "leave it out or send 0");
        fields.AllowOnly("logit_bias", value => value.ValueKind is JsonValueKind.Object && !value.EnumerateObject().Any(), "leave it out");
        fields.AllowOnly("store", value => value.ValueKind is JsonValueKind.False, "nothing is stored");
        fields.AllowOnly("service_tier", value => value.ValueKind is JsonValueKind.String && value.ValueEquals("auto"u8), "leave it out");
        fields.Ignore("user", "metadata", "safety_identifier", "prompt_cache_key");
    }
}
