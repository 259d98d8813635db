using Microsoft.Win32.SafeHandles;

namespace TaskServices.Inference.Models;

/// <summary>A GGUF file, version 2 or 3: metadata, tensor directory, and tensor data decoded on demand.</summary>
/// <remarks>
/// Everything in the directory is checked when the file is opened (GGUF specification, ggml-org/ggml docs/gguf.md): counts and sizes against
/// the file's length before anything is allocated, offsets, alignment, overlap, duplicate names. Safe for use from several threads.
/// </remarks>
public sealed class GgufFile : ITensorSource
{
    private readonly SafeFileHandle _handle;

    private GgufFile(string path, SafeFileHandle handle, IReadOnlyDictionary<string, object> metadata, IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        Path = path;
        _handle = handle;
        Metadata = metadata;
        Tensors = tensors;
    }

    public string Path { get; }

    /// <summary>
    /// Gets the metadata. Values are <c>ulong</c> (unsigned), <c>long</c> (signed), <c>double</c>, <c>bool</c>, <c>string</c>, arrays of these,
    /// or <c>object[]</c> for arrays of arrays.
    /// </summary>
    public IReadOnlyDictionary<string, object> Metadata { get; }

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Gets <c>general.architecture</c>, for example <c>llama</c>.</summary>
    public string Architecture => (string)Metadata["general.architecture"];

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="InferenceException">The file is missing, truncated, malformed or has an unsupported tensor type.</exception>
    public static GgufFile Open(string path)
    {
        var handle = WeightFile.OpenHandle(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
            var (metadata, tensors) = GgufDirectory.Read(stream, path);
            return new GgufFile(path, handle, metadata, tensors);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void ReadRows(string name, long firstRow, Span<float> destination) =>
        WeightFile.ReadRows(_handle, Path, WeightFile.Find(Path, Tensors, name), firstRow, destination);

    public void Dispose() => _handle.Dispose();
}
