using System.Text.Json;

namespace TaskServices.Inference.Models.Architectures;

/// <summary>Typed, bounded access to the fields of a <c>config.json</c>.</summary>
internal sealed class ConfigJson(JsonElement json, string path)
{
    /// <summary>Far above any published configuration or index.</summary>
    private const long MaxBytes = 64 << 20;

    public static ConfigJson Read(string path)
    {
        var root = ReadRoot(path);
        return root.ValueKind == JsonValueKind.Object ? new ConfigJson(root, path) : throw ModelFileErrors.Invalid(path, "offset 0", "not a JSON object");
    }

    /// <summary>Reads a JSON file whose text can all be read as text.</summary>
    /// <exception cref="InferenceException">The file is missing, too large, not JSON or not Unicode.</exception>
    public static JsonElement ReadRoot(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw ModelFileErrors.Invalid(path, "size", $"a configuration of more than {MaxBytes >> 20} MiB");
            }

            var root = JsonElement.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            CheckText(root);
            return root;
        }
        catch (InvalidOperationException)
        {
            throw ModelFileErrors.Invalid(path, "a string", "it is not Unicode text");
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

    /// <summary>The parser lets broken UTF-8 and halves of surrogate pairs pass until somebody asks for the text.</summary>
    private static void CheckText(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    CheckText(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in json.EnumerateObject())
                {
                    _ = property.Name;
                    CheckText(property.Value);
                }

                break;
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
