using System.Globalization;
using System.Text.RegularExpressions;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Reads payment terms: "Net 30", "2/10 net 30", "3% Skonto 10 Tage, 30 Tage netto", "à 30 jours".</summary>
internal static partial class TermsReader
{
    public static FieldValue<PaymentTerms>? Read(DocumentView view)
    {
        foreach (var segment in view.Segments)
        {
            var isLabelled = view.Labels[segment].Any(hit => hit.Kind is LabelKind.Terms or LabelKind.DueDate);
            if ((isLabelled || TermWord().IsMatch(segment.Text)) && Parse(segment.Text) is { } terms)
            {
                return Evidence.Leaf(terms, segment, 0, segment.Text.Length, isLabelled ? 0.9 : 0.75);
            }
        }

        return null;
    }

    /// <summary>Reads terms; null where the text has no number of days and no discount.</summary>
    public static PaymentTerms? Parse(string text)
    {
        if (Slash().Match(text) is { Success: true } slash)
        {
            return new PaymentTerms(text.Trim(), Number(slash, "net"), Decimal(slash, "percent"), Number(slash, "days"));
        }

        var discount = Discount().Match(text);
        var rest = discount.Success ? text.Remove(discount.Index, discount.Length) : text;
        var net = NetDays().Match(rest);
        return discount.Success || net.Success
            ? new PaymentTerms(text.Trim(), net.Success ? Number(net, "days") : null, discount.Success ? Decimal(discount, "percent") : null, discount.Success ? Number(discount, "days") : null)
            : null;
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Captures[0].ValueSpan, CultureInfo.InvariantCulture);

    private static decimal Decimal(Match match, string group) => decimal.Parse(match.Groups[group].Captures[0].Value.Replace(',', '.'), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<!\p{L})(?:net|netto|zahlbar|payable|payment|skonto|terms|zahlung\p{L}*|paiement|règlement|pago|pagamento|betaling)(?!\p{L})", RegexOptions.IgnoreCase)]
    private static partial Regex TermWord();

    [GeneratedRegex(@"(?<!\d)(?<percent>\d{1,2}(?:[.,]\d{1,2})?)\s?%?\s?/\s?(?<days>\d{1,2})\s*,?\s*(?:net|n/?)\s*(?<net>\d{1,3})(?!\d)", RegexOptions.IgnoreCase)]
    private static partial Regex Slash();

    [GeneratedRegex(@"(?<percent>\d{1,2}(?:[.,]\d{1,2})?)\s?%\s?(?:skonto|discount|escompte|d'escompte|descuento|sconto|korting)[^\d%]{0,40}?(?<days>\d{1,2})\s?(?:days?|tagen?|jours?|días?|dias?|giorni|dagen|gg)|(?<days>\d{1,2})\s?(?:days?|tagen?|jours?|días?|giorni|dagen)[^\d]{0,20}(?<percent>\d{1,2}(?:[.,]\d{1,2})?)\s?%\s?(?:skonto|discount|escompte|d'escompte|descuento|sconto|korting)?", RegexOptions.IgnoreCase)]
    private static partial Regex Discount();

    [GeneratedRegex(@"(?<!\p{L})net\s(?<days>\d{1,3})(?![\d.,])|(?<![\d.,])(?<days>\d{1,3})\s?(?:days?|tagen?|jours?|días?|dias?|giorni|dagen|gg)(?!\p{L})", RegexOptions.IgnoreCase)]
    private static partial Regex NetDays();
}
