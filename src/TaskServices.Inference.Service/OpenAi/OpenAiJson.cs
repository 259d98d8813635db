using System.Text.Json;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>How answers are written as JSON.</summary>
internal static class OpenAiJson
{
    public static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
