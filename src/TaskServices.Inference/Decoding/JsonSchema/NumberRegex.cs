using System.Globalization;
using System.Numerics;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Regexes of numbers within bounds, exact for integers and for decimals alike.</summary>
/// <remarks>
/// Where a bound is missing, numbers have up to 15 digits before the point, which every reader keeps exactly, or as many as the other
/// bound. Fractions have up to 10 digits, or as many as a bound. Numbers with bounds have no exponent.
/// </remarks>
internal static class NumberRegex
{
    public const string AnyInteger = "(0|-?[1-9][0-9]{0,14})";
    public const string AnyNumber = @"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,10})?([eE][-+]?[0-9]{1,2})?";
    private const int FreeDigits = 15;
    private const int FractionDigits = 10;

    /// <summary>Gets the integers within bounds, or null where there is none.</summary>
    public static string? Integer(NumberBounds bounds)
    {
        if (bounds.Minimum is null && bounds.Maximum is null)
        {
            return AnyInteger;
        }

        BigInteger? low = bounds.Minimum is { } minimum
            ? new BigInteger(decimal.Ceiling(minimum)) + (bounds.ExcludesMinimum && decimal.Ceiling(minimum) == minimum ? 1 : 0) : null;
        BigInteger? high = bounds.Maximum is { } maximum
            ? new BigInteger(decimal.Floor(maximum)) - (bounds.ExcludesMaximum && decimal.Floor(maximum) == maximum ? 1 : 0) : null;
        var (first, last) = (low ?? -Free(high!.Value), high ?? Free(low!.Value));
        var negative = first < 0 ? DigitRanges.Whole(BigInteger.Max(1, -last), -first) : null;
        var positive = DigitRanges.Whole(BigInteger.Max(0, first), last);
        return Join(negative, positive);
    }

    /// <summary>Gets the numbers within bounds, or null where there is none.</summary>
    public static string? Number(NumberBounds bounds)
    {
        if (bounds.Minimum is null && bounds.Maximum is null)
        {
            return AnyNumber;
        }

        string? negative = null;
        string? positive = null;
        if (bounds.Minimum is null or < 0)
        {
            // Mirrored: from the smaller to the greater amount. Zero belongs to the positive numbers.
            var isBelowZero = bounds.Maximum is < 0;
            negative = Amounts(
                isBelowZero ? -bounds.Maximum!.Value : 0, !isBelowZero || bounds.ExcludesMaximum, -bounds.Minimum, bounds.ExcludesMinimum);
        }

        if (bounds.Maximum is null or >= 0)
        {
            var isAboveZero = bounds.Minimum is >= 0;
            positive = Amounts(isAboveZero ? bounds.Minimum!.Value : 0, isAboveZero && bounds.ExcludesMinimum, bounds.Maximum, bounds.ExcludesMaximum);
        }

        return Join(negative, positive);
    }

    private static string? Amounts(decimal low, bool excludesLow, decimal? high, bool excludesHigh)
    {
        if (low > high || (low == high && (excludesLow || excludesHigh)))
        {
            return null;
        }

        var (lowWhole, lowFraction) = Split(low);
        var (highWhole, highFraction) = high is { } bound ? Split(bound) : (Free(lowWhole) + 1, string.Empty);
        var digits = Math.Max(lowFraction.Length, highFraction.Length);
        var (lowDigits, highDigits) = (lowFraction.PadRight(digits, '0'), highFraction.PadRight(digits, '0'));
        var parts = new List<string?>();
        if (lowWhole == highWhole)
        {
            parts.Add(lowWhole + Fraction(lowDigits, excludesLow, highDigits, excludesHigh));
        }
        else
        {
            parts.Add(lowWhole + Fraction(lowDigits, excludesLow, null, false));
            parts.Add(DigitRanges.Whole(lowWhole + 1, highWhole - 1) is { } between ? between + $@"(\.[0-9]{{1,{Math.Max(FractionDigits, digits)}}})?" : null);
            var isHighIncluded = high is not null && !(excludesHigh && highFraction.Length == 0);
            parts.Add(isHighIncluded ? highWhole + Fraction(new string('0', digits), false, highDigits, excludesHigh) : null);
        }

        return $"({string.Join('|', parts.Where(part => part is not null))})";
    }

    /// <summary>Gets what may follow a whole part: a fraction between two of the same number of digits.</summary>
    /// <param name="high">Null where there is no upper bound.</param>
    private static string Fraction(string low, bool excludesLow, string? high, bool excludesHigh)
    {
        var digits = low.Length;
        var (least, most) = (Parse(low), high is null ? BigInteger.Pow(10, digits) : Parse(high));
        var parts = new List<string>();
        if (least.IsZero && !excludesLow)
        {
            parts.Add(string.Empty);
        }

        for (var count = 1; count <= digits; count++)
        {
            // Fractions of fewer digits stand for those with zeros behind.
            var unit = BigInteger.Pow(10, digits - count);
            var first = BigInteger.DivRem(least, unit, out var rest) + (rest > 0 || excludesLow ? 1 : 0);
            var last = BigInteger.DivRem(most, unit, out rest) - (rest.IsZero && (excludesHigh || high is null) ? 1 : 0);
            AddPrefix(parts, first, last, count, string.Empty);
        }

        // Longer ones begin with digits below the upper bound; behind those of an excluded lower bound something must follow.
        var more = Math.Max(FractionDigits, digits + 1) - digits;
        AddPrefix(parts, least + (excludesLow ? 1 : 0), most - 1, digits, $"[0-9]{{1,{more}}}");
        if (excludesLow && least < most)
        {
            parts.Add($@"\.{low}[0-9]{{0,{more - 1}}}[1-9]");
        }

        return $"({string.Join('|', parts)})";
    }

    private static void AddPrefix(List<string> parts, BigInteger first, BigInteger last, int count, string behind)
    {
        if (first <= last)
        {
            parts.Add($@"\.{DigitRanges.SameLength(Pad(first), Pad(last))}{behind}");
        }

        string Pad(BigInteger value) => count == 0 ? string.Empty : value.ToString(CultureInfo.InvariantCulture).PadLeft(count, '0');
    }

    private static BigInteger Parse(string digits) => digits.Length == 0 ? 0 : BigInteger.Parse(digits, CultureInfo.InvariantCulture);

    private static (BigInteger Whole, string Fraction) Split(decimal value)
    {
        var text = value.ToString("0.############################", CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0
            ? (BigInteger.Parse(text, CultureInfo.InvariantCulture), string.Empty)
            : (BigInteger.Parse(text[..point], CultureInfo.InvariantCulture), text[(point + 1)..]);
    }

    /// <summary>Gets the largest amount where the other bound is the only one.</summary>
    private static BigInteger Free(BigInteger other) =>
        BigInteger.Pow(10, Math.Max(FreeDigits, BigInteger.Abs(other).ToString(CultureInfo.InvariantCulture).Length)) - 1;

    private static string? Join(string? negative, string? positive) => (negative, positive) switch
    {
        (null, _) => positive,
        (_, null) => "-" + negative,
        _ => $"(-{negative}|{positive})",
    };
}
