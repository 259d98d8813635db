using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>Rules of lines, allowances and charges: A11 to A13, A15, A22.</summary>
internal static class LineRules
{
    public static readonly InvoiceRule[] All =
    [
        new("A11", "amount_net = round(quantity × price / base quantity) + charges - allowances (PEPPOL R120)", ReviewReason.ArithmeticFail, LineAmount),
        new("A12", "allowance or charge = base × percent / 100 (PEPPOL R040)", ReviewReason.ArithmeticFail, Percentages),
        new("A13", "unit_price_net = list_price - price_discount (PEPPOL R046)", ReviewReason.ArithmeticFail, Discounts),
        new("A15", "prices are not negative (BR-27, BR-28)", ReviewReason.ArithmeticFail, Signs),
        new("A22", "amount_gross = amount_net + tax_amount; tax_amount = round(net × rate)", ReviewReason.ArithmeticFail, LineTaxes),
    ];

    private static RuleResult LineAmount(RuleContext context) => RuleResult.All(context.Items.Select(line =>
    {
        var parts = line.Charges.Concat(line.Allowances).Select(part => part.Amount).ToList();
        var baseQuantity = line.PriceBaseQuantity?.Value ?? 1;
        return line is { Quantity: { } quantity, UnitPriceNet: { } price, AmountNet: { } amount } && baseQuantity > 0 && parts.TrueForAll(part => part is not null)
            ? Tolerance.Within(
                amount.Value.Amount,
                Tolerance.XPathRound2(quantity.Value.Number * price.Value.Amount / baseQuantity)
                    + line.Charges.Sum(part => part.Amount!.Value.Amount) - line.Allowances.Sum(part => part.Amount!.Value.Amount),
                0.02m,
                [quantity, price, amount, line.PriceBaseQuantity, .. parts])
            : RuleResult.NotApplicable;
    }));

    private static RuleResult Percentages(RuleContext context) => RuleResult.All(
        context.Record.Allowances.Concat(context.Record.Charges).Concat(context.Items.SelectMany(line => line.Allowances.Concat(line.Charges)))
            .Select(part => part is { Amount: { } amount, Base: { } from, Percent: { } percent }
                ? Tolerance.Within(amount.Value.Amount, from.Value.Amount * percent.Value / 100m, 0.02m, amount, from, percent)
                : RuleResult.NotApplicable));

    private static RuleResult Discounts(RuleContext context) => RuleResult.All(context.Items.Select(line =>
        line is { UnitPriceNet: { } price, ListPrice: { } list, PriceDiscount: { } discount }
            ? Tolerance.Within(price.Value.Amount, list.Value.Amount - discount.Value.Amount, 0, price, list, discount)
            : RuleResult.NotApplicable));

    private static RuleResult Signs(RuleContext context) => RuleResult.All(
        context.Items.SelectMany(line => new[] { line.UnitPriceNet, line.ListPrice }).OfType<FieldValue<Money>>()
            .Select(price => Tolerance.Holds(price.Value.Amount >= 0, $"price {price.Value.Amount}", price)));

    private static RuleResult LineTaxes(RuleContext context) => RuleResult.All(context.Items.SelectMany(line => new[]
    {
        line is { AmountGross: { } gross, AmountNet: { } net, TaxAmount: { } tax }
            ? Tolerance.Within(gross.Value.Amount, net.Value.Amount + tax.Value.Amount, 0.02m, gross, net, tax)
            : RuleResult.NotApplicable,
        line is { TaxAmount: { } amount, AmountNet: { } taxable, TaxRate: { } rate }
            ? Tolerance.Within(amount.Value.Amount, Tolerance.XPathRound2(taxable.Value.Amount * rate.Value / 100m), 0.02m, amount, taxable, rate)
            : RuleResult.NotApplicable,
    }));
}
