using System.Text;

namespace TaskServices.Benchmarks.Gguf;

/// <summary>Cuts the metadata entries out of a GGUF file that was checked before, byte by byte as they stand.</summary>
internal static class GgufMetadataBytes
{
    private const int HeaderLength = 24;

    private const uint StringType = 8;

    private const uint ArrayType = 9;

    /// <summary>Bytes that a value of each other type takes, by the type's number.</summary>
    private static readonly int[] Sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    public static (ulong Count, byte[] Entries) Read(string path)
    {
        using var stream = new BufferedStream(File.OpenRead(path), 1 << 20);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        stream.Position = 16;
        var count = reader.ReadUInt64();
        for (var i = 0UL; i < count; i++)
        {
            SkipString(reader);
            SkipValue(reader, reader.ReadUInt32());
        }

        var entries = new byte[stream.Position - HeaderLength];
        stream.Position = HeaderLength;
        stream.ReadExactly(entries);
        return (count, entries);
    }

    private static void SkipValue(BinaryReader reader, uint type)
    {
        if (type == StringType)
        {
            SkipString(reader);
        }
        else if (type == ArrayType)
        {
            var elementType = reader.ReadUInt32();
            for (var left = reader.ReadUInt64(); left > 0; left--)
            {
                SkipValue(reader, elementType);
            }
        }
        else
        {
            reader.BaseStream.Position += Sizes[type];
        }
    }

    private static void SkipString(BinaryReader reader)
    {
        var length = (long)reader.ReadUInt64();
        reader.BaseStream.Position += length;
    }
}
