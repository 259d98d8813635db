using System.Globalization;
using System.Text.RegularExpressions;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Finds the tax of each rate: a row with a rate, a base and a tax that agree, or a labelled tax with its rate.</summary>
internal sealed partial class TaxLinesReader(DocumentView view, List<MoneyLabel> labels, string? currency)
{
    private const decimal Cent = 0.02m;

    public void Read(InvoiceRecord record)
    {
        for (var index = 0; index < view.Rows.Count; index++)
        {
            var rates = RatesOf(view.Rows[index]);
            var amounts = MoneyLabels.AmountsIn(view, view.Rows[index]).Where(amount => amount.IsMoney).ToList();
            var isTaxRow = labels.Exists(label => label.Row == index && label.Kind is LabelKind.TaxTotal or LabelKind.NetTotal or LabelKind.NoMoney) || view.Rows[index].Text.Contains('%', StringComparison.Ordinal);
            foreach (var (rate, segment, offset, length) in rates.Where(rate => rate.Rate > 0 && isTaxRow))
            {
                var pair = (from taxable in amounts from tax in amounts where taxable != tax && Math.Abs(view.ValueOf(taxable)) > Math.Abs(view.ValueOf(tax)) && Agree(taxable, rate, tax) select (taxable, tax)).FirstOrDefault();
                var alone = pair.tax is null && amounts.Count == 1 && labels.Exists(label => label.Row == index && label.Kind == LabelKind.TaxTotal) ? amounts[0] : pair.tax;
                if (alone is null || record.TaxBreakdown.Any(known => known.Rate!.Value == rate))
                {
                    continue;
                }

                record.TaxBreakdown.Add(new TaxBreakdown
                {
                    Rate = Evidence.Leaf(rate, segment, offset, length, 0.9),
                    Category = Evidence.Derived("S", 0.8, "a rate above zero"),
                    Tax = MoneyLeaf.Of(view, alone, currency, pair.tax is null ? 0.8 : 0.95),
                    Taxable = pair.taxable is null ? null : MoneyLeaf.Of(view, pair.taxable, currency, 0.95),
                });
            }
        }

        // One rate on the whole document: its base is the net total.
        if (record.TaxBreakdown is [{ Taxable: null } only] && record.TotalNet is { } net && record.TotalTax?.Value.Amount == only.Tax!.Value.Amount)
        {
            only.Taxable = Evidence.Derived(net.Value, 0.85, "one rate: the net total");
        }
    }

    /// <summary>Finds the rates of a row: numbers with a percent sign, up to 30.</summary>
    public static IEnumerable<(decimal Rate, Segment Segment, int Offset, int Length)> RatesOf(Row row) => row.Segments.SelectMany(segment => Percent().Matches(segment.Text)
        .Select(match => (Rate: decimal.Parse(match.Groups["rate"].Value.Replace(',', '.'), CultureInfo.InvariantCulture), segment, match.Index, match.Length))
        .Where(found => found.Rate <= 30));

    private bool Agree(AmountHit taxable, decimal rate, AmountHit tax) => Math.Abs((view.ValueOf(taxable) * rate / 100m) - view.ValueOf(tax)) <= Cent && view.ValueOf(tax) != 0;

    [GeneratedRegex(@"(?<![\d.,])(?<rate>\d{1,2}(?:[.,]\d{1,2})?)\s?%")]
    private static partial Regex Percent();
}
