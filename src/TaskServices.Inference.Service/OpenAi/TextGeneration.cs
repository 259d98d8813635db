using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>What a request of either kind asks for, once it is checked.</summary>
internal sealed record TextGeneration
{
    /// <summary>Gets the model as the request named it.</summary>
    public required string Model { get; init; }

    /// <summary>Gets each prompt's tokens.</summary>
    public required IReadOnlyList<int[]> Prompts { get; init; }

    /// <summary>Gets what all completions share, the prompt left out.</summary>
    public required GenerationRequest Settings { get; init; }

    /// <summary>Gets how many choices each prompt gets.</summary>
    public required int ChoiceCount { get; init; }

    public required IReadOnlyList<string> StopSequences { get; init; }

    public required bool IsStreamed { get; init; }

    /// <summary>Gets whether a stream ends with the token counts.</summary>
    public required bool IncludesUsage { get; init; }

    public required bool IncludesLogProbabilities { get; init; }
}
