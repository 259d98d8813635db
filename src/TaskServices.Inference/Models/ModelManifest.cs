using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskServices.Inference.Models;

/// <summary><c>manifest.json</c> of an imported model directory: what it is and how to run it.</summary>
public sealed record ModelManifest
{
    internal const string FileName = "manifest.json";

    internal const string GraphFileName = "model.onnx";

    /// <summary>Graph over the same weights for slots longer than <see cref="ShortContextLength"/>.</summary>
    internal const string LongGraphFileName = "model.long.onnx";

    /// <summary>Gets the name of the fp16 graph that a CUDA device runs in place of a graph.</summary>
    internal static string DeviceGraphFileName(string graphFileName) => Path.ChangeExtension(graphFileName, ".cuda.onnx");

    /// <summary>Version of the directory's layout and of the graphs; a directory of another version is imported again.</summary>
    internal const int CurrentFormatVersion = 5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public required int FormatVersion { get; init; }

    public required string Architecture { get; init; }

    /// <summary>Gets the bits of a weight.</summary>
    public required int Bits { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>Gets the longest sequence in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Gets the longest sequence of the first graph where the model has other rotary tables beyond it; null where one graph serves all.</summary>
    public int? ShortContextLength { get; init; }

    public required int HiddenSize { get; init; }

    public required int HeadSize { get; init; }

    /// <summary>Gets each layer's number of key-value heads.</summary>
    public required IReadOnlyList<int> KvHeads { get; init; }

    /// <summary>Gets the name of the file or folder that was imported.</summary>
    public required string Source { get; init; }

    /// <summary>Gets where the source was, so that an adapter can be merged into it later; null in directories of older imports.</summary>
    public string? SourcePath { get; init; }

    /// <summary>Gets the SHA-256 of the source's content, in hexadecimal.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>Gets the SHA-256 of the merged adapter's content, or null.</summary>
    public string? AdapterSha256 { get; init; }

    /// <summary>Gets the length of the weights file, by which a truncated copy is noticed.</summary>
    public required long WeightsBytes { get; init; }

    /// <summary>Reads the manifest of a model directory.</summary>
    /// <exception cref="InferenceException">There is none, it is damaged, or it was written by another version.</exception>
    public static ModelManifest Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        ModelManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(path), Json);
        }
        catch (JsonException exception)
        {
            throw new InferenceException("MODEL_MANIFEST_INVALID", $"{path}: not a model manifest (line {exception.LineNumber + 1}); import the model again.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException("MODEL_NOT_IMPORTED", $"{path}: not found or not readable; give a directory that 'model import' wrote.", exception);
        }

        if (manifest is null || manifest.FormatVersion != CurrentFormatVersion)
        {
            throw new InferenceException(
                "MODEL_FORMAT_OUTDATED",
                $"{path}: format version {manifest?.FormatVersion} is not {CurrentFormatVersion}, the version this program reads; import the model again.");
        }

        return manifest;
    }

    /// <summary>Gets the graph that serves slots of a length.</summary>
    internal string GraphFileFor(int slotCapacity) => slotCapacity > ShortContextLength ? LongGraphFileName : GraphFileName;

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);
}
