using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace TaskServices.Inference.Models;

/// <summary>One safetensors file: JSON header, then tensor data without holes, decoded on demand.</summary>
/// <remarks>
/// Checked when opened (huggingface/safetensors, README "Format"): header size, JSON shape, known types, byte counts against shapes, no overlap,
/// no hole, no trailing bytes, no duplicate name. Safe for use from several threads.
/// </remarks>
public sealed class SafetensorsFile : ITensorSource
{
    /// <summary>Largest header that the format allows.</summary>
    private const int MaxHeaderBytes = 100_000_000;

    private readonly SafeFileHandle _handle;

    private SafetensorsFile(string path, SafeFileHandle handle, IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        Path = path;
        _handle = handle;
        Tensors = tensors;
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="InferenceException">The file is missing, truncated or malformed.</exception>
    public static SafetensorsFile Open(string path)
    {
        var handle = WeightFile.OpenHandle(path);
        try
        {
            var fileLength = RandomAccess.GetLength(handle);
            Span<byte> prefix = stackalloc byte[8];
            if (fileLength < 8 || RandomAccess.Read(handle, prefix, 0) < 8)
            {
                throw ModelFileErrors.Truncated(path, fileLength, "the header length");
            }

            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerLength > MaxHeaderBytes)
            {
                throw ModelFileErrors.Invalid(path, "offset 0", $"a header of {headerLength} bytes is longer than the format's limit of {MaxHeaderBytes}");
            }

            if ((long)headerLength > fileLength - 8)
            {
                throw ModelFileErrors.Truncated(path, fileLength, "the header");
            }

            var header = new byte[headerLength];
            RandomAccess.Read(handle, header, 8);
            var tensors = SafetensorsHeader.Read(header, path, 8 + (long)headerLength, fileLength);
            return new SafetensorsFile(path, handle, tensors);
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
