using System.Buffers.Binary;
using System.Text;

namespace TaskServices.Inference.Models.Importing;

/// <summary>Writes the metadata of a GGUF file, its tokenizer among them, to a GGUF file without tensors.</summary>
internal static class GgufTokenizerFile
{
    public const string FileName = "tokenizer.gguf";

    public static void Write(GgufFile source, string path)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        stream.Write("GGUF"u8);
        WriteUInt32(stream, 3);
        WriteUInt64(stream, 0);
        WriteUInt64(stream, (ulong)source.Metadata.Count);
        foreach (var (key, value) in source.Metadata)
        {
            WriteString(stream, key);
            WriteUInt32(stream, TypeOf(key, value));
            WriteValue(stream, key, value);
        }

        stream.Flush(flushToDisk: true);
    }

    /// <summary>Numbers are written in their widest form, except the alignment, which the format wants as uint32.</summary>
    private static uint TypeOf(string key, object value) => value switch
    {
        ulong when key == "general.alignment" => 4,
        ulong => 10,
        long => 11,
        double => 12,
        bool => 7,
        string => 8,
        Array => 9,
        _ => throw new ArgumentException($"Metadata of type {value.GetType()} cannot be written.", nameof(value)),
    };

    private static void WriteValue(Stream stream, string key, object value)
    {
        switch (value)
        {
            case ulong number when key == "general.alignment":
                WriteUInt32(stream, (uint)number);
                break;
            case ulong number:
                WriteUInt64(stream, number);
                break;
            case long number:
                WriteUInt64(stream, (ulong)number);
                break;
            case double number:
                WriteUInt64(stream, BitConverter.DoubleToUInt64Bits(number));
                break;
            case bool flag:
                stream.WriteByte(flag ? (byte)1 : (byte)0);
                break;
            case string text:
                WriteString(stream, text);
                break;
            case Array values:
                WriteArray(stream, values);
                break;
            default:
                throw new ArgumentException($"Metadata of type {value.GetType()} cannot be written.", nameof(value));
        }
    }

    private static void WriteArray(Stream stream, Array values)
    {
        // By element type: a pattern on the array would take long[] for ulong[], which the runtime treats as the same.
        var type = Type.GetTypeCode(values.GetType().GetElementType()) switch
        {
            TypeCode.UInt64 => 10u,
            TypeCode.Int64 => 11u,
            TypeCode.Double => 12u,
            TypeCode.Boolean => 7u,
            TypeCode.String => 8u,
            _ => 9u,
        };
        WriteUInt32(stream, type);
        WriteUInt64(stream, (ulong)values.Length);
        foreach (var value in values)
        {
            WriteValue(stream, string.Empty, value!);
        }
    }

    private static void WriteString(Stream stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteUInt64(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteUInt32(Stream stream, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void WriteUInt64(Stream stream, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}
