using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding.Automata;

/// <summary>
/// Splits ranges of characters into sequences of byte ranges that match exactly their UTF-8 encodings, so that nothing but whole,
/// shortest-form characters is ever matched (Unicode 16, table 3-7).
/// </summary>
internal static class Utf8Ranges
{
    private static readonly int[] LengthLimits = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF];

    public static IEnumerable<(byte Low, byte High)[]> Of(CodePointSet set) => set.Ranges.SelectMany(range => Split(range.Low, range.High));

    private static IEnumerable<(byte Low, byte High)[]> Split(int low, int high)
    {
        foreach (var limit in LengthLimits)
        {
            if (low <= limit && high > limit)
            {
                return Split(low, limit).Concat(Split(limit + 1, high));
            }
        }

        var length = Array.FindIndex(LengthLimits, limit => high <= limit) + 1;
        for (var i = 1; i < length; i++)
        {
            // The last i bytes must run over their whole range, or all bytes before them must be the same at both ends.
            var mask = (1 << (6 * i)) - 1;
            if ((low & ~mask) == (high & ~mask))
            {
                continue;
            }

            if ((low & mask) != 0)
            {
                return Split(low, low | mask).Concat(Split((low | mask) + 1, high));
            }

            if ((high & mask) != mask)
            {
                return Split(low, (high & ~mask) - 1).Concat(Split(high & ~mask, high));
            }
        }

        var lows = Encode(low, length);
        var highs = Encode(high, length);
        return [[.. lows.Zip(highs)]];
    }

    private static byte[] Encode(int codePoint, int length)
    {
        var bytes = new byte[length];
        for (var i = length - 1; i > 0; i--)
        {
            bytes[i] = (byte)(0x80 | (codePoint & 0x3F));
            codePoint >>= 6;
        }

        bytes[0] = (byte)(length switch { 1 => codePoint, 2 => 0xC0 | codePoint, 3 => 0xE0 | codePoint, _ => 0xF0 | codePoint });
        return bytes;
    }
}
