using System.Text.Json;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Reads JSON files that others wrote: bounded in size and nesting.</summary>
internal static class JsonFile
{
    /// <summary>The largest published tokenizer.json is about 35 MB.</summary>
    private const int MaxBytes = 128 << 20;

    /// <exception cref="InferenceException">The file is too large, not JSON, nested too deeply or not an object.</exception>
    public static JsonField Read(string path)
    {
        var bytes = BoundedFile.Read(path, MaxBytes);
        try
        {
            // MaxDepth is 64 by default; tokenizer files need about 10.
            var root = JsonSerializer.Deserialize<JsonElement>(bytes);
            return new JsonField(path, "", root).Expect(JsonValueKind.Object, "an object");
        }
        catch (JsonException e)
        {
            throw TokenizerErrors.Invalid(path, $"line {e.LineNumber + 1}", $"not valid JSON at byte {e.BytePositionInLine + 1} of the line", e);
        }
    }
}
