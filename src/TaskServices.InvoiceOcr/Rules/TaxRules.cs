using TaskServices.InvoiceOcr.Normalization.Identifiers;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>Rules of taxes: A8 to A10, A18, A23.</summary>
internal static class TaxRules
{
    private static readonly string[] Untaxed = ["Z", "E", "AE", "K", "G", "O"];

    public static readonly InvoiceRule[] All =
    [
        new("A8", "tax = round(taxable × rate / 100) (BR-CO-17)", ReviewReason.ArithmeticFail, TaxOfBase),
        new("A9", "taxable of a rate = Σ its lines - allowances + charges (BR-S-08)", ReviewReason.ArithmeticFail, BaseOfRate),
        new("A10", "untaxed categories: taxable = Σ their lines, tax = 0 (BR-Z-08 and others)", ReviewReason.ArithmeticFail, Categories),
        new("A18", "there is a tax breakdown, and every line has a category (BR-CO-18, BR-CO-04)", ReviewReason.MissingRequired, HasBreakdown),
        new("A23", "rates are those of the seller's country at the issue date", ReviewReason.LowFieldConfidence, KnownRates),
    ];

    private static RuleResult TaxOfBase(RuleContext context) => RuleResult.All(context.Record.TaxBreakdown.Select(part => part is { Taxable: { } taxable, Rate: { } rate, Tax: { } tax }
        ? Tolerance.BelowOne(
            Math.Abs(tax.Value.Amount), Tolerance.XPathRound2(Math.Abs(taxable.Value.Amount) * rate.Value / 100m), taxable, rate, tax)
        : RuleResult.NotApplicable));

    private static RuleResult BaseOfRate(RuleContext context) => RuleResult.All(context.Record.TaxBreakdown
        .Where(part => part.Rate is { Value: > 0 } && part.Category?.Value is null or "S" or "L" or "M")
        .Select(part => SumFor(context, part, line => line.TaxRate?.Value == part.Rate!.Value, one => one.TaxRate?.Value == part.Rate!.Value) is { } sum && part.Taxable is { } taxable
            ? Tolerance.BelowOne(taxable.Value.Amount, sum, taxable, part.Rate)
            : RuleResult.NotApplicable));

    private static RuleResult Categories(RuleContext context) => RuleResult.All(context.Record.TaxBreakdown
        .Where(part => Untaxed.Contains(part.Category?.Value))
        .SelectMany(part => new[]
        {
            part.Tax is { } tax ? Tolerance.Holds(tax.Value.Amount == 0, $"category {part.Category!.Value} with tax {tax.Value.Amount}", tax, part.Category) : RuleResult.NotApplicable,
            SumFor(context, part, line => line.TaxCategory?.Value == part.Category!.Value, one => one.TaxCategory?.Value == part.Category!.Value) is { } sum && part.Taxable is { } taxable
                ? Tolerance.Within(taxable.Value.Amount, sum, 0, taxable, part.Category)
                : RuleResult.NotApplicable,
        }));

    // Null where a line's amount or its rate or category is missing: its sum would be a guess.
    private static decimal? SumFor(RuleContext context, TaxBreakdown part, Func<InvoiceLine, bool> isLineOf, Func<AllowanceCharge, bool> isPartOf)
    {
        var byRate = part.Category?.Value is null or "S" or "L" or "M";
        if (context.Items.Count == 0 || context.Items.Any(line => line.AmountNet is null || (byRate ? line.TaxRate is null : line.TaxCategory is null))
            || context.Record.Allowances.Concat(context.Record.Charges).Any(one => one.Amount is null || (byRate ? one.TaxRate is null : one.TaxCategory is null)))
        {
            return null;
        }

        return context.Items.Where(isLineOf).Sum(line => line.AmountNet!.Value.Amount)
            - context.Record.Allowances.Where(isPartOf).Sum(one => one.Amount!.Value.Amount)
            + context.Record.Charges.Where(isPartOf).Sum(one => one.Amount!.Value.Amount);
    }

    // Receipts print taxes or not as they like; where nothing is known of taxes at all there is nothing to check on a page.
    private static RuleResult HasBreakdown(RuleContext context) => context.IsReceipt || context.Record is { TotalGross: null, Lines.Count: 0, TaxBreakdown.Count: 0 }
        ? RuleResult.NotApplicable
        : Tolerance.Holds(
            context.Record.TaxBreakdown.Count > 0 && context.Items.All(line => line.TaxCategory is not null),
            context.Record.TaxBreakdown.Count == 0 ? "no tax breakdown" : "a line without a tax category");

    private static RuleResult KnownRates(RuleContext context)
    {
        var record = context.Record;
        var country = record.Seller?.Address?.Value.Country ?? (record.Seller?.VatId is { } vatId ? VatId.CountryOf(vatId.Value) : null);
        var rates = country is null || record.IssueDate is null ? null : TaxRates.Of(country, record.IssueDate.Value);
        return rates is null
            ? RuleResult.NotApplicable
            : RuleResult.All(record.TaxBreakdown.Select(part => part.Rate).Concat(record.Lines.Select(line => line.TaxRate)).OfType<FieldValue<decimal>>()
                .Select(rate => Tolerance.Holds(rates.Contains(rate.Value), $"{rate.Value} % is no rate of {country}", rate)));
    }
}
