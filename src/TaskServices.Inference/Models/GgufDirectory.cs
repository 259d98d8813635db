using System.Numerics;

namespace TaskServices.Inference.Models;

/// <summary>Reads and checks what stands before the tensor data of a GGUF file.</summary>
internal static class GgufDirectory
{
    private const int MaxDimensions = 4;

    private const int MaxNameLength = 65535;

    /// <summary>Bytes that the shortest metadata entry and the shortest tensor entry take; they bound the counts.</summary>
    private const int MinMetadataBytes = 13;

    private const int MinTensorBytes = 32;

    public static (IReadOnlyDictionary<string, object> Metadata, IReadOnlyDictionary<string, TensorInfo> Tensors) Read(Stream stream, string path)
    {
        var reader = new GgufReader(stream, path);
        var (tensorCount, metadataCount) = ReadHeader(reader, path);

        var metadata = new Dictionary<string, object>(StringComparer.Ordinal);
        for (var i = 0UL; i < metadataCount; i++)
        {
            var key = ReadName(reader, $"metadata key {i}");
            if (!metadata.TryAdd(key, reader.ReadValue(key, reader.ReadUInt32(key))))
            {
                throw reader.Invalid($"metadata key '{key}'", "the key occurs twice");
            }
        }

        if (!metadata.TryGetValue("general.architecture", out var architecture))
        {
            throw ModelFileErrors.Invalid(path, "metadata key 'general.architecture'", "the key is missing");
        }

        if (architecture is not string)
        {
            throw ModelFileErrors.Invalid(path, "metadata key 'general.architecture'", "the value is not a string");
        }

        var alignment = Alignment(metadata, path);
        var entries = new List<TensorInfo>();
        for (var i = 0UL; i < tensorCount; i++)
        {
            entries.Add(ReadTensor(reader, path, alignment, i));
        }

        return (metadata, Place(entries, reader.Position, stream.Length, alignment, path));
    }

    private static (ulong TensorCount, ulong MetadataCount) ReadHeader(GgufReader reader, string path)
    {
        if (reader.ReadUInt32("the header") != 0x46554747)
        {
            throw ModelFileErrors.Invalid(path, "offset 0", "the file does not begin with 'GGUF'");
        }

        var version = reader.ReadUInt32("the header");
        if (version is not (2 or 3))
        {
            var problem = (version & 0xFFFF) == 0 ? "big-endian files are not supported" : $"GGUF version {version} is not supported, only 2 and 3";
            throw ModelFileErrors.Unsupported(path, "offset 4", problem);
        }

        var tensorCount = reader.ReadUInt64("the header");
        var metadataCount = reader.ReadUInt64("the header");
        return tensorCount > (ulong)(reader.Remaining / MinTensorBytes)
            ? throw ModelFileErrors.Invalid(path, "offset 8", $"{tensorCount} tensors do not fit into the file")
            : metadataCount > (ulong)(reader.Remaining / MinMetadataBytes)
            ? throw ModelFileErrors.Invalid(path, "offset 16", $"{metadataCount} metadata entries do not fit into the file")
            : (tensorCount, metadataCount);
    }

    private static string ReadName(GgufReader reader, string what)
    {
        var name = reader.ReadString(what);
        return name.Length is > 0 and <= MaxNameLength ? name : throw reader.Invalid(what, $"a name must have 1 to {MaxNameLength} characters");
    }

    private static long Alignment(Dictionary<string, object> metadata, string path)
    {
        if (!metadata.TryGetValue("general.alignment", out var value))
        {
            return 32;
        }

        return value is ulong alignment && BitOperations.IsPow2(alignment) && alignment <= 1 << 20
            ? (long)alignment
            : throw ModelFileErrors.Invalid(path, "metadata key 'general.alignment'", $"{value} is not a power of two up to 2^20");
    }

    private static TensorInfo ReadTensor(GgufReader reader, string path, long alignment, ulong index)
    {
        var name = ReadName(reader, $"the name of tensor {index}");
        var where = $"tensor '{name}'";
        var rank = reader.ReadUInt32(where);
        if (rank is 0 or > MaxDimensions)
        {
            throw reader.Invalid(where, $"{rank} dimensions; the format allows 1 to {MaxDimensions}");
        }

        // GGUF lists the innermost dimension first.
        var shape = new long[rank];
        var elements = (UInt128)1;
        for (var i = (int)rank - 1; i >= 0; i--)
        {
            var dimension = reader.ReadUInt64(where);
            elements = dimension is > 0 and <= long.MaxValue ? elements * dimension : throw reader.Invalid(where, $"a dimension of {dimension}");
            shape[i] = (long)dimension;
            if (elements > long.MaxValue)
            {
                throw reader.Invalid(where, "the number of elements overflows 63 bits");
            }
        }

        var number = reader.ReadUInt32(where);
        if (!GgufTensorTypes.TryGet(number, out var type, out var blockElements, out var blockBytes))
        {
            throw ModelFileErrors.Unsupported(
                path, $"{where} (offset {reader.Position})", $"tensor type {number} is unknown or unsupported; use F16, Q8_0, Q4_0, Q4_1, Q5_x, Q4_K, Q5_K or Q6_K");
        }

        if (shape[^1] % blockElements != 0)
        {
            throw reader.Invalid(where, $"a row of {shape[^1]} elements is not a whole number of {type} blocks of {blockElements}");
        }

        var bytes = elements / (UInt128)blockElements * (UInt128)blockBytes;
        var offset = reader.ReadUInt64(where);
        return bytes > long.MaxValue || offset > (UInt128)long.MaxValue - bytes
            ? throw reader.Invalid(where, "offset and size overflow 63 bits")
            : offset % (ulong)alignment != 0
            ? throw reader.Invalid(where, $"the offset {offset} is not a multiple of the alignment {alignment}")
            : new TensorInfo(name, shape, type, (long)offset, (long)bytes);
    }

    /// <summary>Makes offsets absolute and checks that every tensor lies inside the file and none inside another.</summary>
    private static Dictionary<string, TensorInfo> Place(List<TensorInfo> entries, long directoryEnd, long fileLength, long alignment, string path)
    {
        var dataStart = (directoryEnd + alignment - 1) / alignment * alignment;
        var tensors = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        var end = dataStart;
        foreach (var entry in entries.OrderBy(entry => entry.Offset))
        {
            var where = $"tensor '{entry.Name}'";
            if (entry.Offset > fileLength - dataStart || entry.ByteCount > fileLength - dataStart - entry.Offset)
            {
                throw ModelFileErrors.Truncated(path, fileLength, $"{where} ({entry.ByteCount} bytes at data offset {entry.Offset})");
            }

            var placed = entry with { Offset = dataStart + entry.Offset };
            if (placed.Offset < end)
            {
                throw ModelFileErrors.Invalid(path, $"{where} (offset {placed.Offset})", "it overlaps another tensor");
            }

            end = placed.Offset + placed.ByteCount;
            if (!tensors.TryAdd(entry.Name, placed))
            {
                throw ModelFileErrors.Invalid(path, where, "the name occurs twice");
            }
        }

        return tensors;
    }
}
