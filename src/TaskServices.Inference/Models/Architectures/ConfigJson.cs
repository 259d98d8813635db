using System.Text.Json;

namespace TaskServices.Inference.Models.Architectures;

/// <summary>Typed, bounded access to the fields of a <c>config.json</c>.</summary>
internal sealed class ConfigJson(JsonElement json, string path)
{
    public static ConfigJson Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ConfigJson(document.RootElement.Clone(), path)
                : throw ModelFileErrors.Invalid(path, "offset 0", "not a JSON object");
        }
        catch (JsonException exception)
        {
            throw ModelFileErrors.Invalid(path, $"line {exception.LineNumber + 1}", "not JSON");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ModelFileErrors.Missing(path, exception);
        }
    }

    public string Path => path;

    /// <summary>Gets a field that is present and not null.</summary>
    public JsonElement? Find(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public ConfigJson? Object(string name) => Find(name) is { ValueKind: JsonValueKind.Object } value ? new ConfigJson(value, path) : null;

    public string? String(string name) => Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public bool Boolean(string name) => Find(name) is { ValueKind: JsonValueKind.True };

    public int? Int(string name, int maximum) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0 && number <= maximum ? number
        : throw ModelFileErrors.Invalid(path, $"field '{name}'", $"{value.GetRawText()} is not a whole number in [1, {maximum}]");

    public int RequiredInt(string name, int maximum) =>
        Int(name, maximum) ?? throw ModelFileErrors.Invalid(path, $"field '{name}'", "the field is missing");

    public double? Number(string name) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && number > 0 ? number
        : throw ModelFileErrors.Invalid(path, $"field '{name}'", $"{value.GetRawText()} is not a positive number");

    /// <summary>Gets a list of positive whole numbers with exactly <paramref name="count"/> entries.</summary>
    public int[] Ints(string name, int count, int maximum)
    {
        var values = Find(name) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) ? number : 0).ToArray()
            : [];
        return values.Length == count && values.All(value => value > 0 && value <= maximum)
            ? values
            : throw ModelFileErrors.Invalid(path, $"field '{name}'", $"not a list of {count} whole numbers in [1, {maximum}]");
    }

    /// <summary>Gets a list of exactly <paramref name="count"/> positive numbers.</summary>
    public float[] PositiveNumbers(string name, int count)
    {
        var values = Find(name) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out var number) ? number : 0).ToArray()
            : [];
        return values.Length == count && values.All(value => value > 0 && float.IsFinite(value))
            ? values
            : throw ModelFileErrors.Invalid(path, $"field '{name}'", $"not a list of {count} positive numbers");
    }

    public string[]? Strings(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray().Select(item => item.ToString())] : null;
}
