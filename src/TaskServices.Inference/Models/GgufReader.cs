using System.Buffers.Binary;
using System.Text;

namespace TaskServices.Inference.Models;

/// <summary>Reads GGUF's little-endian primitives; never past the end and never more than is there.</summary>
internal sealed class GgufReader(Stream stream, string path)
{
    /// <summary>Longest string that is believed: chat templates take kilobytes, so 16 MiB is far above any real one.</summary>
    private const int MaxStringBytes = 16 << 20;

    private const int MaxArrayDepth = 8;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _scratch = new byte[8];

    public long Position => stream.Position;

    public long Remaining => stream.Length - stream.Position;

    public InferenceException Invalid(string where, string problem) =>
        ModelFileErrors.Invalid(path, $"{where} (offset {Position})", problem);

    public uint ReadUInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Read(4, what));

    public ulong ReadUInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Read(8, what));

    public string ReadString(string what)
    {
        var length = ReadUInt64(what);
        if (length > MaxStringBytes)
        {
            throw Invalid(what, $"a string of {length} bytes is longer than the limit of {MaxStringBytes}");
        }

        if ((long)length > Remaining)
        {
            throw ModelFileErrors.Truncated(path, Position, what);
        }

        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Invalid(what, "the string is not UTF-8");
        }
    }

    /// <summary>Reads a metadata value: <c>ulong</c>, <c>long</c>, <c>double</c>, <c>bool</c>, <c>string</c> or an array of one of them.</summary>
    public object ReadValue(string key, uint type, int depth = 0) => type switch
    {
        0 => (ulong)Read(1, key)[0],
        1 => (long)(sbyte)Read(1, key)[0],
        2 => (ulong)BinaryPrimitives.ReadUInt16LittleEndian(Read(2, key)),
        3 => (long)BinaryPrimitives.ReadInt16LittleEndian(Read(2, key)),
        4 => (ulong)ReadUInt32(key),
        5 => (long)BinaryPrimitives.ReadInt32LittleEndian(Read(4, key)),
        6 => (double)BinaryPrimitives.ReadSingleLittleEndian(Read(4, key)),
        7 => ReadBoolean(key),
        8 => ReadString(key),
        9 => ReadArray(key, depth),
        10 => ReadUInt64(key),
        11 => BinaryPrimitives.ReadInt64LittleEndian(Read(8, key)),
        12 => BinaryPrimitives.ReadDoubleLittleEndian(Read(8, key)),
        _ => throw Invalid($"metadata key '{key}'", $"unknown value type {type}"),
    };

    private bool ReadBoolean(string key)
    {
        var value = Read(1, key)[0];
        return value <= 1 ? value == 1 : throw Invalid($"metadata key '{key}'", $"a boolean must be 0 or 1, not {value}");
    }

    private object ReadArray(string key, int depth)
    {
        if (depth >= MaxArrayDepth)
        {
            throw Invalid($"metadata key '{key}'", $"arrays are nested more than {MaxArrayDepth} deep");
        }

        var type = ReadUInt32(key);
        var count = ReadUInt64(key);
        var smallest = type switch
        {
            0 or 1 or 7 => 1,
            2 or 3 => 2,
            4 or 5 or 6 => 4,
            8 or 10 or 11 or 12 => 8,
            9 => 12,
            _ => throw Invalid($"metadata key '{key}'", $"unknown array element type {type}"),
        };

        // Division, not multiplication: a count near 2^64 would wrap round.
        if (count > (ulong)(Remaining / smallest))
        {
            throw ModelFileErrors.Truncated(path, Position, $"the array of {count} elements of metadata key '{key}'");
        }

        return type switch
        {
            0 or 2 or 4 or 10 => Fill<ulong>(key, type, (int)Bounded(key, count), depth),
            1 or 3 or 5 or 11 => Fill<long>(key, type, (int)Bounded(key, count), depth),
            6 or 12 => Fill<double>(key, type, (int)Bounded(key, count), depth),
            7 => Fill<bool>(key, type, (int)Bounded(key, count), depth),
            8 => Fill<string>(key, type, (int)Bounded(key, count), depth),
            _ => Fill<object>(key, type, (int)Bounded(key, count), depth),
        };
    }

    /// <summary>Bounds arrays to 2^23 elements (64 MiB of numbers): vocabularies have up to 2^18.</summary>
    private ulong Bounded(string key, ulong count) =>
        count <= 1 << 23 ? count : throw Invalid($"metadata key '{key}'", $"an array of {count} elements is longer than the limit of {1 << 23}");

    private T[] Fill<T>(string key, uint type, int count, int depth)
    {
        var values = new T[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (T)ReadValue(key, type, depth + 1);
        }

        return values;
    }

    private ReadOnlySpan<byte> Read(int count, string what)
    {
        if (count > Remaining)
        {
            throw ModelFileErrors.Truncated(path, Position, what);
        }

        stream.ReadExactly(_scratch, 0, count);
        return _scratch.AsSpan(0, count);
    }
}
