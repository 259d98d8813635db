using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>What a rule found, with the values that took part.</summary>
internal sealed record RuleResult(RuleStatus Status, IReadOnlyList<FieldValue> Operands, string? Detail = null)
{
    public static readonly RuleResult NotApplicable = new(RuleStatus.NotApplicable, []);

    /// <summary>Joins the results for parts of a record: the worst counts; parts to which the rule does not apply do not.</summary>
    public static RuleResult All(IEnumerable<RuleResult> parts)
    {
        var applied = parts.Where(part => part.Status != RuleStatus.NotApplicable).ToList();
        if (applied.Count == 0)
        {
            return NotApplicable;
        }

        // PASS, PASS_ROUNDING and FAIL are declared from good to bad.
        var worst = applied.MaxBy(part => part.Status)!;
        return new RuleResult(worst.Status, [.. applied.SelectMany(part => part.Operands)], worst.Detail);
    }
}
