using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Scheduling;

/// <summary>Asks the engine for one completion.</summary>
public sealed record GenerationRequest
{
    /// <summary>Gets the prompt's token IDs, BOS included where the model wants one. At least one token.</summary>
    public required IReadOnlyList<int> PromptTokenIds { get; init; }

    /// <summary>
    /// Gets how many of the first prompt tokens (a schema, a preamble) are worth keeping in the prefix cache. 0 keeps none on purpose,
    /// though a cached prefix is used wherever it fits.
    /// </summary>
    public int CachedPrefixTokenCount { get; init; }

    /// <summary>Gets the bound on completion tokens, the end token not counted. At least 1. The default is 256.</summary>
    public int MaxCompletionTokens { get; init; } = 256;

    /// <summary>Gets the tokens that end the completion; null takes the tokenizer's own.</summary>
    public IReadOnlyList<int>? EndTokenIds { get; init; }

    /// <summary>Gets the grammar that the completion keeps to, or null.</summary>
    public GrammarText? Grammar { get; init; }

    /// <summary>
    /// Gets the name of a loaded adapter (<see cref="Adapters.AdapterSet"/>); null is the base model. The request keeps the version that the
    /// name stands for at submission.
    /// </summary>
    public string? Adapter { get; init; }

    /// <summary>Gets the sampling settings. The default is greedy.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>
    /// Gets who asks: a share of the queue and a label of metrics and spans, so a name out of few, not of a person. Null for a caller without a name.
    /// </summary>
    public string? Tenant { get; init; }

    /// <summary>Gets the longest time from submission to the end; past it the request fails with <c>DEADLINE_EXCEEDED</c>. Null sets none.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>How the next token is chosen from the logits.</summary>
/// <param name="Temperature">0 is greedy; else logits are divided by it.</param>
/// <param name="TopP">Nucleus mass in (0, 1]; 1 keeps every token.</param>
/// <param name="Seed">Seed of this request's own random numbers; the same seed gives the same completion.</param>
public sealed record SamplingOptions(double Temperature = 0, double TopP = 1, ulong Seed = 0)
{
    public static SamplingOptions Greedy { get; } = new();
}

/// <summary>Why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>The model wrote an end token, or the grammar allowed nothing else.</summary>
    Stop,

    /// <summary>The token limit or the context length was reached.</summary>
    Length,
}

/// <summary>One token of a completion as it comes.</summary>
/// <param name="Id">The token's ID.</param>
/// <param name="LogProbability">Natural-log probability, as in <see cref="Completion.LogProbabilities"/>.</param>
/// <param name="IsForced">Whether the grammar allowed nothing else.</param>
public readonly record struct CompletionToken(int Id, double LogProbability, bool IsForced);

/// <summary>One finished completion.</summary>
public sealed record Completion
{
    /// <summary>Gets the completion's tokens without the end token.</summary>
    public required IReadOnlyList<int> TokenIds { get; init; }

    public required FinishReason FinishReason { get; init; }

    /// <summary>
    /// Gets the natural-log probability of each token (and of the end token, last, when <see cref="FinishReason.Stop"/>) under the
    /// model's full softmax at temperature 1, before any mask. Forced tokens count 0.
    /// </summary>
    public required IReadOnlyList<double> LogProbabilities { get; init; }

    public required int PromptTokenCount { get; init; }

    /// <summary>Gets how many prompt tokens came from the prefix cache.</summary>
    public required int CachedPromptTokenCount { get; init; }

    /// <summary>Gets how many completion tokens the grammar forced, so that no step was run for their choice.</summary>
    public int ForcedTokenCount { get; init; }

    public TimeSpan QueueTime { get; init; }

    /// <summary>Gets the time from admission to the first completion token.</summary>
    public TimeSpan TimeToFirstToken { get; init; }

    public TimeSpan Duration { get; init; }
}
