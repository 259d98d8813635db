using System.Text.Json.Serialization;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Token counts of an answer.</summary>
internal sealed record Usage(int PromptTokens, int CompletionTokens)
{
    public int TotalTokens => PromptTokens + CompletionTokens;
}

/// <summary>A whole answer, or one event of a stream, of either kind.</summary>
internal sealed record Answer(string Id, string Object, long Created, string Model, IReadOnlyList<object> Choices)
{
    /// <summary>Gets the token counts; null is left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }
}
