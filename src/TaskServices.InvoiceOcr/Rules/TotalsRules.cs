using TaskServices.InvoiceOcr.Records;
using static TaskServices.InvoiceOcr.Rules.RuleContext;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>Rules of sums and totals: A1 to A7, A14, A17, A19 to A21.</summary>
internal static class TotalsRules
{
    public static readonly InvoiceRule[] All =
    [
        new("A1", "sum_of_lines_net = Σ amount_net of the items (BR-CO-10)", ReviewReason.ArithmeticFail, SumOfLines),
        new("A2", "allowance_total = Σ allowances (BR-CO-11)", ReviewReason.ArithmeticFail, context => Sum(context, context.Record.AllowanceTotal, context.Record.Allowances)),
        new("A3", "charge_total = Σ charges (BR-CO-12)", ReviewReason.ArithmeticFail, context => Sum(context, context.Record.ChargeTotal, context.Record.Charges)),
        new("A4", "total_net = sum_of_lines_net - allowance_total + charge_total (BR-CO-13)", ReviewReason.ArithmeticFail, Net),
        new("A5", "total_tax = Σ tax of the breakdown (BR-CO-14)", ReviewReason.ArithmeticFail, TotalTax),
        new("A6", "total_gross = total_net + total_tax (BR-CO-15)", ReviewReason.ArithmeticFail, Gross),
        new("A7", "amount_due = total_gross - paid_amount + rounding_amount (BR-CO-16)", ReviewReason.ArithmeticFail, Due),
        new("A14", "document amounts have two decimals at most (BR-DEC)", ReviewReason.ArithmeticFail, Decimals),
        new("A17", "a positive amount due has a due date or terms (BR-CO-25)", ReviewReason.MissingRequired, DueDateOrTerms),
        new("A19", "amount_due_printed = amount_due + previous_balance", ReviewReason.ArithmeticFail, DuePrinted),
        new("A20", "Σ installments = amount due", ReviewReason.ArithmeticFail, Installments),
        new("A21", "gross prices: Σ amount_gross of the items = total_gross + allowances - charges", ReviewReason.ArithmeticFail, GrossBasis),
    ];

    private static RuleResult SumOfLines(RuleContext context) =>
        context.Record.SumOfLinesNet is { } sum && context.Items.Count > 0 && context.Items.All(line => line.AmountNet is not null)
            ? Tolerance.Exact(
                context, sum.Value.Amount, Tolerance.XPathRound2(context.Items.Sum(line => line.AmountNet!.Value.Amount)), [sum, .. context.Items.Select(line => line.AmountNet)])
            : RuleResult.NotApplicable;

    // Both absent is fine. XML has to have both or none; a page may print a sum without its parts.
    private static RuleResult Sum(RuleContext context, FieldValue<Money>? total, IList<AllowanceCharge> parts)
    {
        if (total is null && parts.Count == 0)
        {
            return RuleResult.NotApplicable;
        }

        if (total is null || parts.Count == 0 || parts.Any(part => part.Amount is null))
        {
            return context.IsScan ? RuleResult.NotApplicable : Tolerance.Holds(false, total is null ? "parts without a total" : "a total without parts", total);
        }

        return Tolerance.Exact(context, total.Value.Amount, Tolerance.XPathRound2(parts.Sum(part => part.Amount!.Value.Amount)), [total, .. parts.Select(part => part.Amount)]);
    }

    private static RuleResult Net(RuleContext context)
    {
        var record = context.Record;
        return record is { TotalNet: { } net, SumOfLinesNet: { } sum }
            ? Tolerance.Exact(
                context, net.Value.Amount, sum.Value.Amount - (AmountOf(record.AllowanceTotal) ?? 0) + (AmountOf(record.ChargeTotal) ?? 0),
                net, sum, record.AllowanceTotal, record.ChargeTotal)
            : RuleResult.NotApplicable;
    }

    private static RuleResult TotalTax(RuleContext context)
    {
        var taxes = context.Record.TaxBreakdown;
        return context.Record.TotalTax is { } total && taxes.Count > 0 && taxes.All(tax => tax.Tax is not null)
            ? Tolerance.Exact(context, total.Value.Amount, Tolerance.XPathRound2(taxes.Sum(tax => tax.Tax!.Value.Amount)), [total, .. taxes.Select(tax => tax.Tax)])
            : RuleResult.NotApplicable;
    }

    // A till's total is the rounded one: with its printed rounding it holds, not exactly.
    private static RuleResult Gross(RuleContext context)
    {
        if (context.Record is not { TotalGross: { } gross, TotalNet: { } net, TotalTax: { } tax })
        {
            return RuleResult.NotApplicable;
        }

        var rounding = context is { IsReceipt: true, IsScan: true } ? context.Record.RoundingAmount : null;
        return rounding is { Value.Amount: var step } && step != 0 && gross.Value.Amount == net.Value.Amount + tax.Value.Amount + step
            ? Tolerance.Within(gross.Value.Amount, net.Value.Amount + tax.Value.Amount, Math.Abs(step), gross, net, tax, rounding)
            : Tolerance.Exact(context, gross.Value.Amount, net.Value.Amount + tax.Value.Amount, gross, net, tax);
    }

    private static RuleResult Due(RuleContext context)
    {
        var record = context.Record;
        return record is { AmountDue: { } due, TotalGross: { } gross }
            ? Tolerance.Exact(
                context, due.Value.Amount, gross.Value.Amount - (AmountOf(record.PaidAmount) ?? 0) + (AmountOf(record.RoundingAmount) ?? 0),
                due, gross, record.PaidAmount, record.RoundingAmount)
            : RuleResult.NotApplicable;
    }

    private static RuleResult Decimals(RuleContext context)
    {
        var r = context.Record;
        FieldValue<Money>?[] amounts =
        [
            r.SumOfLinesNet, r.AllowanceTotal, r.ChargeTotal, r.TotalNet, r.TotalTax, r.TotalGross, r.PaidAmount, r.RoundingAmount, r.AmountDue,
            .. r.Allowances.Concat(r.Charges).Select(part => part.Amount), .. r.TaxBreakdown.SelectMany(tax => new[] { tax.Taxable, tax.Tax }), .. context.Items.Select(line => line.AmountNet),
        ];
        return RuleResult.All(amounts.OfType<FieldValue<Money>>().Select(
            amount => Tolerance.Holds(amount.Value.Amount == Math.Round(amount.Value.Amount, 2), $"{amount.Value.Amount} has more than two decimals", amount)));
    }

    // A receipt is paid; nothing of it falls due.
    private static RuleResult DueDateOrTerms(RuleContext context)
    {
        var record = context.Record;
        return (record.AmountDue ?? record.AmountDuePrinted) is { Value.Amount: > 0 } due && !context.IsReceipt
            ? Tolerance.Holds(record.DueDate is not null || record.PaymentTerms is not null, "neither a due date nor terms", due, record.DueDate, record.PaymentTerms)
            : RuleResult.NotApplicable;
    }

    private static RuleResult DuePrinted(RuleContext context) =>
        context.Record is { AmountDuePrinted: { } printed, AmountDue: { } due } record
            ? Tolerance.Within(printed.Value.Amount, due.Value.Amount + (AmountOf(record.PreviousBalance) ?? 0), 0.01m, printed, due, record.PreviousBalance)
            : RuleResult.NotApplicable;

    private static RuleResult Installments(RuleContext context)
    {
        var parts = context.Record.Installments;
        return (context.Record.AmountDue ?? context.Record.AmountDuePrinted) is { } due && parts.Count > 0 && parts.All(part => part.Amount is not null)
            ? Tolerance.Within(due.Value.Amount, parts.Sum(part => part.Amount!.Value.Amount), 0.01m * parts.Count, [due, .. parts.Select(part => part.Amount)])
            : RuleResult.NotApplicable;
    }

    private static RuleResult GrossBasis(RuleContext context)
    {
        var record = context.Record;
        return record.TotalGross is { } gross && context.Items.Count > 0 && context.Items.All(line => line.AmountGross is not null)
            ? Tolerance.Exact(
                context, context.Items.Sum(line => line.AmountGross!.Value.Amount), gross.Value.Amount + (AmountOf(record.AllowanceTotal) ?? 0) - (AmountOf(record.ChargeTotal) ?? 0),
                [gross, record.AllowanceTotal, record.ChargeTotal, .. context.Items.Select(line => line.AmountGross)])
            : RuleResult.NotApplicable;
    }
}
