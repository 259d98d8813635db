using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>Rules of dates and of the total in words: A16, A24, A25.</summary>
internal static class DateRules
{
    public static readonly InvoiceRule[] All =
    [
        new("A16", "periods end after they start (BR-29, BR-30)", ReviewReason.ArithmeticFail, Periods),
        new("A24", "due_date = issue_date + net days, and not before it", ReviewReason.ArithmeticFail, DueDate),
        new("A25", "the amount in words is the gross total", ReviewReason.ArithmeticFail, Words),
    ];

    private static RuleResult Periods(RuleContext context) => RuleResult.All(
        context.Items.Select(line => (Start: line.PeriodStart, End: line.PeriodEnd)).Prepend((Start: context.Record.ServiceStart, End: context.Record.ServiceEnd))
            .Select(period => period is { Start: { } start, End: { } end }
                ? Tolerance.Holds(end.Value >= start.Value, $"{end.Value:yyyy-MM-dd} is before {start.Value:yyyy-MM-dd}", start, end)
                : RuleResult.NotApplicable));

    private static RuleResult DueDate(RuleContext context)
    {
        if (context.Record is not { IssueDate: { } issue, DueDate: { } due })
        {
            return RuleResult.NotApplicable;
        }

        var terms = context.Record.PaymentTerms;
        var expected = terms?.Value.NetDays is { } days ? issue.Value.AddDays(days) : (DateOnly?)null;
        return Tolerance.Holds(
            due.Value >= issue.Value && (expected is null || expected == due.Value),
            expected is { } day ? $"{due.Value:yyyy-MM-dd}, expected {day:yyyy-MM-dd}" : $"{due.Value:yyyy-MM-dd} is before {issue.Value:yyyy-MM-dd}",
            issue, due, terms);
    }

    private static RuleResult Words(RuleContext context) => context.Record is { AmountInWords: { } words, TotalGross: { } gross }
        ? Tolerance.Within(gross.Value.Amount, words.Value.Amount, 0, words, gross)
        : RuleResult.NotApplicable;
}
