using System.Buffers;

namespace TaskServices.InvoiceOcr.Normalization.Amounts;

/// <summary>
/// Reads an amount as printed in European, English and Swiss documents: 1.234,56, 1,234.56, 1 234,56, 1'234.56, 1.234,-, 12.50-, (12.50), 12.50 CR,
/// with a currency before or behind and blanks that a reader put inside ("40. 00").
/// </summary>
public static class AmountText
{
    // Beyond this no invoice goes, and the digits still fit 64 bits.
    private const int MaxDigitCount = 18;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>Reads a whole text as one amount.</summary>
    /// <returns>False where it is not one: letters that are no currency, groups of other than three digits, more than 18 digits.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out AmountReading reading)
    {
        reading = default;
        var body = text.Trim();
        if (body.IndexOfAny(Digits) < 0 || body.Length > 64)
        {
            return false;
        }

        var isNegative = false;
        var currency = "";
        while (TryPeel(ref body, ref isNegative, ref currency))
        {
        }

        var dashes = DashedDecimals(ref body);
        Span<char> separators = stackalloc char[8];
        Span<int> runs = stackalloc int[9];
        if (!TrySplit(body, separators, runs, out var count, out var unscaled)
            || !TryWeigh(separators[..count], runs[..(count + 1)], body[0] == '0', out var decimals, out var mark, out var ambiguous, out var irregular)
            || (dashes != DecimalMark.Unknown && decimals > 0))
        {
            return false;
        }

        reading = new AmountReading
        {
            Value = Scale(unscaled, ambiguous ? 0 : decimals, isNegative),
            AsDecimals = ambiguous && dashes == DecimalMark.Unknown ? Scale(unscaled, 3, isNegative) : null,
            Mark = dashes == DecimalMark.Unknown ? mark : dashes,
            DecimalCount = ambiguous ? 0 : decimals,
            CurrencyText = currency,
            IsIrregular = irregular,
        };
        return true;
    }

    // One sign, bracket, debit or credit mark, or currency from either end.
    private static bool TryPeel(ref ReadOnlySpan<char> body, ref bool isNegative, ref string currency)
    {
        if (body.Length > 2 && body[0] == '(' && body[^1] == ')')
        {
            isNegative = true;
            body = body[1..^1].Trim();
            return true;
        }

        if (body.Length > 1 && (IsMinus(body[0]) || body[0] == '+') && body[^1] is not ('-' or '–'))
        {
            isNegative |= body[0] != '+';
            body = body[1..].Trim();
            return true;
        }

        if (body.Length > 1 && IsMinus(body[^1]) && (char.IsAsciiDigit(body[^2]) || body[^2] == ' '))
        {
            isNegative = true;
            body = body[..^1].Trim();
            return true;
        }

        if (body.Length > 2 && (body.EndsWith("CR", StringComparison.OrdinalIgnoreCase) || body.EndsWith("DR", StringComparison.OrdinalIgnoreCase))
            && (char.IsAsciiDigit(body[^3]) || body[^3] == ' '))
        {
            isNegative |= char.ToUpperInvariant(body[^2]) == 'C';
            body = body[..^2].Trim();
            return true;
        }

        if (currency.Length > 0)
        {
            return false;
        }

        var length = Currencies.MatchStart(body);
        if (length > 0)
        {
            currency = body[..length].ToString();
            body = body[length..].Trim();
            return true;
        }

        length = Currencies.MatchEnd(body);
        if (length > 0)
        {
            currency = body[^length..].ToString();
            body = body[..^length].Trim();
            return true;
        }

        return false;
    }

    // "1.234,-" and "5.--" print dashes for no decimals.
    private static DecimalMark DashedDecimals(ref ReadOnlySpan<char> body)
    {
        var end = body.TrimEnd("-–—");
        if (end.Length == body.Length || end.Length < 2 || end[^1] is not (',' or '.') || !char.IsAsciiDigit(end[^2]))
        {
            return DecimalMark.Unknown;
        }

        var mark = end[^1] == ',' ? DecimalMark.Comma : DecimalMark.Dot;
        body = end[..^1];
        return mark;
    }

    private static bool TrySplit(ReadOnlySpan<char> body, Span<char> separators, Span<int> runs, out int count, out ulong unscaled)
    {
        count = 0;
        unscaled = 0;
        var digits = 0;
        for (var index = 0; index < body.Length;)
        {
            if (char.IsAsciiDigit(body[index]))
            {
                if (++digits > MaxDigitCount)
                {
                    return false;
                }

                unscaled = (unscaled * 10) + (ulong)(body[index] - '0');
                runs[count]++;
                index++;
                continue;
            }

            var separator = ReadSeparator(body, ref index);
            if (separator == '\0' || count == separators.Length || index >= body.Length || !char.IsAsciiDigit(body[index]))
            {
                return false;
            }

            separators[count++] = separator;
        }

        return digits > 0;
    }

    // Blanks beside another separator are the reader's; blanks alone part groups.
    private static char ReadSeparator(ReadOnlySpan<char> body, ref int index)
    {
        var separator = '\0';
        for (; index < body.Length && !char.IsAsciiDigit(body[index]); index++)
        {
            var kind = body[index] switch
            {
                '.' or '·' => '.',
                ',' => ',',
                '\'' or '’' or '‘' or '`' or '´' => '\'',
                _ when char.IsWhiteSpace(body[index]) => ' ',
                _ => '\0',
            };
            if (kind == '\0' || (separator is not ('\0' or ' ') && kind != ' '))
            {
                return '\0';
            }

            separator = kind == ' ' && separator != '\0' ? separator : kind;
        }

        return separator;
    }

    private static bool TryWeigh(
        ReadOnlySpan<char> separators, ReadOnlySpan<int> runs, bool startsWithZero,
        out int decimals, out DecimalMark mark, out bool ambiguous, out bool irregular)
    {
        decimals = 0;
        mark = DecimalMark.Unknown;
        ambiguous = irregular = false;
        if (separators.Length == 0)
        {
            return true;
        }

        var last = separators[^1];
        var groups = separators[..^1];
        var canEnd = last is '.' or ',';
        var lastRun = runs[^1];
        if (groups.Length > 0 && groups.ContainsAnyExcept(groups[0]))
        {
            return false;
        }

        if (groups.Length == 0 || groups[0] != last)
        {
            if (groups.Length > 0 && !AreGroups(runs[..^1]))
            {
                return false;
            }

            if (groups.Length == 0 && lastRun == 3 && runs[0] is >= 1 and <= 3 && !startsWithZero)
            {
                // 1.234: a group or three decimals. 1'234 and 1 234 can only be groups.
                ambiguous = canEnd;
                mark = canEnd ? MarkOf(last) : DecimalMark.Unknown;
                return true;
            }

            decimals = lastRun;
            mark = MarkOf(last);
            return canEnd && lastRun <= 6;
        }

        if (AreGroups(runs))
        {
            // Two equal separators or more: groups, so the other sign is the decimal mark.
            mark = last switch { '.' => DecimalMark.Comma, ',' => DecimalMark.Dot, _ => DecimalMark.Unknown };
            return true;
        }

        irregular = canEnd && lastRun == 2 && AreGroups(runs[..^1]);
        decimals = irregular ? 2 : 0;
        return irregular;
    }

    private static bool AreGroups(ReadOnlySpan<int> runs) => runs[0] is >= 1 and <= 3 && !runs[1..].ContainsAnyExcept(3);

    private static DecimalMark MarkOf(char separator) => separator == ',' ? DecimalMark.Comma : DecimalMark.Dot;

    private static bool IsMinus(char sign) => sign is '-' or '−' or '–' or '—';

    private static decimal Scale(ulong unscaled, int decimals, bool isNegative) =>
        new((int)(uint)unscaled, (int)(uint)(unscaled >> 32), 0, isNegative && unscaled != 0, (byte)decimals);
}
