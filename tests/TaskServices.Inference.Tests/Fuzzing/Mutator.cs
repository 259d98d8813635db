using System.Buffers.Binary;
using System.Text;

namespace TaskServices.Inference.Tests.Fuzzing;

/// <summary>Damages files the way that finds reader bugs: flipped bits, extreme lengths, moved and repeated pieces, cuts, foreign tokens.</summary>
internal sealed class Mutator(Random random)
{
    private const int LargestPiece = 4096;

    private static readonly ulong[] Extremes =
    [
        0, 1, 2, 7, 8, 31, 32, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32, long.MaxValue, 1UL << 63, ulong.MaxValue, ulong.MaxValue - 31,
    ];

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "null", "true", "[]", "{}", "\"\"", "-1", "0", "1e999", "1e-999", "0.5", "4294967296", "9223372036854775807", "18446744073709551616", "\"\\ud800\"", "\"\\u0000\"", ",", ":", "[", "]",
            "{", "}", "\"", "\\", "(?:a*)*b", "(", "[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":", "\u0000", "\uFEFF", "é", "\u2028", "../../etc/passwd", "[1,[2,[3]]]",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public byte[] Mutate(byte[] seed, byte[] other)
    {
        var bytes = seed.ToList();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            Step(bytes, other);
        }

        return [.. bytes];
    }

    private void Step(List<byte> bytes, byte[] other)
    {
        // The head of a file has its lengths and names, so half of all damage goes there.
        var reach = random.Next(2) == 0 ? Math.Min(bytes.Count, 1024) : bytes.Count;
        var at = random.Next(reach + 1);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                Overwrite(bytes, at, random.Next(2) == 0 ? 4 : 8);
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 64), bytes.Count - at));
                break;
            case 4:
                bytes.InsertRange(at, Piece([.. bytes]));
                break;
            case 5:
                bytes.InsertRange(at, Piece(other));
                break;
            case 6:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 7:
                bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                break;
            default:
                ReplaceNumber(bytes);
                break;
        }
    }

    private void Overwrite(List<byte> bytes, int at, int width)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, Extremes[random.Next(Extremes.Length)]);
        for (var i = 0; i < width && at + i < bytes.Count; i++)
        {
            bytes[at + i] = number[i];
        }
    }

    private byte[] Piece(byte[] source)
    {
        var from = random.Next(source.Length + 1);
        return source[from..Math.Min(source.Length, from + random.Next(1, random.Next(8) == 0 ? LargestPiece : 64))];
    }

    /// <summary>Puts another token in the place of a run of digits, so that JSON stays JSON.</summary>
    private void ReplaceNumber(List<byte> bytes)
    {
        var start = random.Next(bytes.Count + 1);
        start = bytes.FindIndex(Math.Min(start, Math.Max(0, bytes.Count - 1)), value => value is >= (byte)'0' and <= (byte)'9');
        if (start < 0)
        {
            return;
        }

        var end = start;
        while (end < bytes.Count && bytes[end] is >= (byte)'0' and <= (byte)'9')
        {
            end++;
        }

        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Tokens[random.Next(13)]);
    }
}
