using System.Globalization;
using System.Numerics;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Regexes of the decimal numbers in a range.</summary>
internal static class DigitRanges
{
    /// <summary>Gets the digit strings from one to another of the same length; the first must not be the greater.</summary>
    public static string SameLength(string low, string high)
    {
        if (low.Length == 0)
        {
            return string.Empty;
        }

        if (low.All(digit => digit == '0') && high.All(digit => digit == '9'))
        {
            return Any(low.Length);
        }

        if (low[0] == high[0])
        {
            return low[0] + SameLength(low[1..], high[1..]);
        }

        var rest = low.Length - 1;
        var parts = new List<string> { low[0] + SameLength(low[1..], new string('9', rest)) };
        if (high[0] - low[0] > 1)
        {
            parts.Add(Digit((char)(low[0] + 1), (char)(high[0] - 1)) + Any(rest));
        }

        parts.Add(high[0] + SameLength(new string('0', rest), high[1..]));
        return $"({string.Join('|', parts)})";
    }

    /// <summary>Gets the whole numbers from one to another, neither negative, without leading zeros; null where there is none.</summary>
    public static string? Whole(BigInteger low, BigInteger high)
    {
        if (low > high)
        {
            return null;
        }

        var parts = new List<string>();
        for (var (first, length) = (low, Text(low).Length); first <= high; length++)
        {
            var last = BigInteger.Min(high, BigInteger.Pow(10, length) - 1);
            parts.Add(SameLength(Text(first), Text(last)));
            first = last + 1;
        }

        return parts.Count == 1 ? parts[0] : $"({string.Join('|', parts)})";
    }

    private static string Any(int count) => count switch
    {
        0 => string.Empty,
        1 => "[0-9]",
        _ => string.Create(CultureInfo.InvariantCulture, $"[0-9]{{{count}}}"),
    };

    private static string Digit(char low, char high) => low == high ? low.ToString() : $"[{low}-{high}]";

    private static string Text(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);
}
