using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>
/// Runs the rules A1 to A25 and the checks of identifiers on a record: verdicts go to <see cref="InvoiceRecord.Rules"/>, rule ids to the values that
/// took part, reasons to <see cref="InvoiceRecord.Review"/>. No value is changed; running twice gives the same record.
/// </summary>
public static class InvoiceRules
{
    private static readonly InvoiceRule[] Rules =
    [
        .. TotalsRules.All.Concat(TaxRules.All).Concat(LineRules.All).Concat(DateRules.All)
            .OrderBy(rule => int.Parse(rule.Id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)),
    ];

    /// <summary>Gets the rules: id and what has to hold.</summary>
    public static IReadOnlyList<(string Id, string Title)> Table { get; } = [.. Rules.Select(rule => (rule.Id, rule.Title))];

    /// <summary>Checks a record.</summary>
    /// <param name="record">The record, which is annotated.</param>
    /// <param name="today">The day of the check, for dates in the future and long past.</param>
    public static void Check(InvoiceRecord record, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(record);
        record.Rules.Clear();
        record.Review = new Review();
        var context = new RuleContext(record, today);
        var verdicts = Rules.Select(rule => (Rule: rule, Result: rule.Check(context))).ToList();
        var basisHolds = BasisHolds(verdicts);
        foreach (var (rule, result) in verdicts)
        {
            var fails = result.Status == RuleStatus.Fail;
            record.Rules.Add(new RuleVerdict(rule.Id, result.Status) { Detail = result.Detail, Reason = fails ? rule.Raises : null });
            foreach (var operand in result.Operands)
            {
                ReviewReasons.AddOnce(operand.RuleIds, rule.Id);
                if (fails && !basisHolds(rule.Id))
                {
                    ReviewReasons.AddOnce(operand.ReviewReasons, rule.Raises);
                }
            }

            if (fails && !basisHolds(rule.Id))
            {
                ReviewReasons.AddOnce(record.Review.Reasons, rule.Raises);
            }
        }

        IdentifierChecks.Check(record);
        ReviewReasons.Collect(context);
    }

    // Prices are net or contain tax: of A1 and A21 one has to hold. Where exactly one does, the other's failure says which, and is no reason to look.
    private static Func<string, bool> BasisHolds(List<(InvoiceRule Rule, RuleResult Result)> verdicts)
    {
        var net = verdicts.Find(verdict => verdict.Rule.Id == "A1").Result.Status;
        var gross = verdicts.Find(verdict => verdict.Rule.Id == "A21").Result.Status;
        return id => (id == "A1" && gross is (RuleStatus.Pass or RuleStatus.PassRounding)) || (id == "A21" && net is (RuleStatus.Pass or RuleStatus.PassRounding));
    }
}
