using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskServices.Benchmarks.Contenders;

/// <summary>What is asked of a contender's process, one JSON object a line.</summary>
/// <param name="Command"><c>load</c>, <c>complete</c>, <c>cache</c>, <c>inRow</c>, <c>atOnce</c> or <c>memory</c>.</param>
internal sealed record WorkerCommand(string Command)
{
    public LoadSettings? Load { get; init; }

    /// <summary>Gets the prompt of <c>complete</c>, or the prefix of <c>cache</c>.</summary>
    public int[]? Tokens { get; init; }

    /// <summary>Gets the prompts of <c>inRow</c> and <c>atOnce</c>.</summary>
    public int[][]? Prompts { get; init; }

    /// <summary>Gets how many tokens each prompt is continued by.</summary>
    public int Count { get; init; }

    /// <summary>Gets whether a prefix that <c>cache</c> ran may be used; else everything is forgotten first.</summary>
    public bool Cached { get; init; }
}

/// <summary>How a contender loads a model. All contenders of a run get the same settings.</summary>
internal sealed record LoadSettings(string Model, string? Adapter, int Bits, int Threads, int SequenceCount, int ContextTokens, int ChunkTokens);

/// <summary>What a contender's process answers. Times are in seconds, from the command's arrival to its end.</summary>
internal sealed record WorkerAnswer
{
    public bool Ok { get; init; } = true;

    public string? Error { get; init; }

    public double Seconds { get; init; }

    /// <summary>Gets the time to the first token.</summary>
    public double FirstSeconds { get; init; }

    /// <summary>Gets how many tokens were written: fewer than asked for where the contender ended by itself.</summary>
    public int Produced { get; init; }

    /// <summary>Gets the largest resident memory of the process so far.</summary>
    public long Bytes { get; init; }

    /// <summary>Gets what runs and in which version.</summary>
    public string? Description { get; init; }
}

internal static class Messages
{
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
