using System.Text.RegularExpressions;
using TaskServices.InvoiceOcr.Normalization;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Decides the currency by the sign or code that the document prints most, at amounts or alone.</summary>
internal static partial class CurrencyReader
{
    public static FieldValue<string>? Read(DocumentView view)
    {
        var signs = view.Amounts.Where(amount => amount.Reading.CurrencyText.Length > 0)
            .Select(amount => (Sign: amount.Reading.CurrencyText, amount.Segment, Offset: amount.Offset + amount.Text.IndexOf(amount.Reading.CurrencyText, StringComparison.Ordinal)))
            .Concat(view.Segments.SelectMany(segment => Alone().Matches(segment.Text).Select(match => (Sign: match.Value, Segment: segment, Offset: match.Index))))
            .Select(found => (found.Sign, found.Segment, found.Offset, Decision: Currencies.Decide(found.Sign, view.Country)))
            .Where(found => found.Decision is not null).ToList();
        if (signs.Count == 0)
        {
            return null;
        }

        var most = signs.GroupBy(found => found.Decision!.Value.Code).MaxBy(group => group.Count())!;
        var best = most.OrderBy(found => found.Decision!.Value.IsAmbiguous).First();
        var isOpen = best.Decision!.Value.IsAmbiguous;
        var leaf = Evidence.Leaf(most.Key, best.Segment, best.Offset, best.Sign.Length, isOpen ? 0.6 : 0.97);
        if (isOpen)
        {
            leaf.Ambiguous = true;
            leaf.ReviewReasons.Add(ReviewReason.CurrencyAmbiguous);
            foreach (var other in Currencies.CandidatesOf(best.Sign).Where(code => code != most.Key))
            {
                leaf.Alternatives.Add(other);
            }
        }

        return leaf;
    }

    [GeneratedRegex(@"(?<![\p{L}\d])(?:RM|EUR|Euro|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|MYR|SGD|AUD|CAD|€|£|US\$|\$)(?![\p{L}\d])")]
    private static partial Regex Alone();
}
