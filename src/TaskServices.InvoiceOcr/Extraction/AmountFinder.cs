using System.Text.RegularExpressions;
using TaskServices.InvoiceOcr.Normalization.Amounts;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>An amount as found in a segment.</summary>
internal sealed record AmountHit(Segment Segment, int Offset, int Length, AmountReading Reading)
{
    /// <summary>Gets the printed text.</summary>
    public string Text => Segment.Text.Substring(Offset, Length);

    /// <summary>Gets the box, pixels of the upright page.</summary>
    public PixelBox Box { get; } = Segment.BoxOf(Offset, Length);

    /// <summary>Gets whether it looks like money: two decimals, dashes for them, or a currency.</summary>
    public bool IsMoney { get; } = Reading.DecimalCount == 2 || Reading.CurrencyText.Length > 0 || Segment.Text.AsSpan(Offset, Length).TrimEnd().EndsWith(",-");
}

/// <summary>Finds the amounts of a segment: numbers with what belongs to them, and nothing that is part of a date, a time, a rate or a number of another kind.</summary>
internal static partial class AmountFinder
{
    private const string Currency =
        @"US\$|CA?\$|AU?\$|NZ\$|S\$|HK\$|R\$|€|\$|£|¥|₹|RM|MYR|EUROS?|EUR|USD|GBP|CHF|SFr\.?|Fr\.|CAD|AUD|NZD|SGD|SEK|NOK|DKK|kr\.?|PLN|zł|CZK|Kč|HUF|Ft|RON|lei|INR|Rs\.?|IDR|Rp\.?|JPY|CNY";

    private const string Body =
        @"(?:\d{1,3}(?:[.,]\s?\d{3}(?!\d)|['’´`]\d{3}(?!\d)|[ \u00A0\u202F]\d{3}(?=,\d\d(?!\d)|[ \u00A0\u202F]\d{3}))+(?:\s?[.,]\s?\d{1,4})?|\d+(?:\s?[.,]\s?\d{1,4})?|[.,]\d\d)(?:[.,][-–—]{1,2})?";

    /// <summary>Finds the amounts from left to right.</summary>
    public static IEnumerable<AmountHit> Find(Segment segment)
    {
        var text = segment.Text;
        if (!text.AsSpan().ContainsAnyInRange('0', '9'))
        {
            yield break;
        }

        foreach (Match match in Amount().Matches(text))
        {
            var body = match.Groups["body"];
            var before = match.Index > 0 ? text[match.Index - 1] : ' ';
            if (AmountText.TryParse(match.ValueSpan, out var reading))
            {
                // "A12.50" is a code; "TOTAL9.00" a label that a reader glued on.
                if (!char.IsLetter(before) || reading.DecimalCount == 2)
                {
                    yield return new AmountHit(segment, match.Index, match.Length, reading);
                }
            }
            else if (AmountText.TryParse(body.ValueSpan, out reading))
            {
                yield return new AmountHit(segment, body.Index, body.Length, reading);
            }
        }
    }

    [GeneratedRegex(
        @"(?<![\d]|\d[.,/:]|[/:#])(?:\(\s?(?=[^)]*\)))?(?:(?<!\p{L}|\d\s?)[-−–]\s?)?(?:(?<!\p{L})(?:" + Currency + @")\s?[:.]?\s?)?(?:[-−–]\s?)?(?<body>" + Body
        + @")(?:[-−](?![\d\p{L}]))?(?![\d/:]|[.,]\d|\s?%|\s?x\d|-\d)(?:\s?(?:" + Currency + @")(?![\p{L}\d]))?(?:\s?(?:CR|DR)(?!\p{L}))?(?:(?<=\([^)]*)\))?",
        RegexOptions.IgnoreCase)]
    private static partial Regex Amount();
}
