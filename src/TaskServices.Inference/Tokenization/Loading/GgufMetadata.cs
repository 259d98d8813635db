using TaskServices.Inference.Models;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Reads the metadata of a GGUF file by key, with errors that name it. Absent keys are null.</summary>
internal sealed class GgufMetadata(GgufFile file)
{
    public string Path => file.Path;

    public string? Text(string key) => Find(key) is { } value ? value as string ?? throw Invalid(key, "expected a string") : null;

    public string[]? Texts(string key) =>
        Find(key) is { } value ? value as string[] ?? throw Invalid(key, "expected an array of strings") : null;

    public bool? Flag(string key) => Find(key) is { } value ? value as bool? ?? throw Invalid(key, "expected a boolean") : null;

    public double[]? Numbers(string key) =>
        Find(key) is { } value ? value as double[] ?? throw Invalid(key, "expected an array of floating-point numbers") : null;

    /// <summary>Reads whole numbers, signed or not.</summary>
    public long[]? Integers(string key) => Find(key) switch
    {
        null => null,
        long[] numbers => numbers,
        ulong[] numbers => Array.ConvertAll(numbers, number => (long)Math.Min(number, long.MaxValue)),
        _ => throw Invalid(key, "expected an array of integers"),
    };

    /// <summary>Reads a token ID below <paramref name="count"/>.</summary>
    public int? TokenId(string key, int count) => Find(key) switch
    {
        null => null,
        ulong value when value < (ulong)count => (int)value,
        long value when value >= 0 && value < count => (int)value,
        var other => throw Invalid(key, $"{other} is not a token ID of the vocabulary, 0 to {count - 1}"),
    };

    public InferenceException Invalid(string key, string problem) => TokenizerErrors.Invalid(Path, $"metadata key '{key}'", problem);

    public InferenceException Unsupported(string key, string what) => TokenizerErrors.Unsupported(Path, $"metadata key '{key}'", what);

    private object? Find(string key) => file.Metadata.GetValueOrDefault(key);
}
