using System.Text.Json.Serialization;

namespace TaskServices.TextToSql.Answers.Routing;

/// <summary>What an endpoint wrote.</summary>
/// <param name="Text">Untrusted.</param>
internal sealed record EndpointReply(string Text, long PromptTokens, long CompletionTokens);

/// <summary>The part of OpenAI's chat completion that is read.</summary>
internal sealed record ChatCompletion(
    [property: JsonPropertyName("choices")] IReadOnlyList<ChatChoice>? Choices, [property: JsonPropertyName("usage")] ChatUsage? Usage);

internal sealed record ChatChoice([property: JsonPropertyName("message")] ChatMessage? Message);

internal sealed record ChatMessage([property: JsonPropertyName("content")] string? Content);

internal sealed record ChatUsage([property: JsonPropertyName("prompt_tokens")] long PromptTokens, [property: JsonPropertyName("completion_tokens")] long CompletionTokens);
