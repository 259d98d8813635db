using System.Globalization;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>Compares what is printed with what follows, as EN 16931's tests do, with the policy for scans.</summary>
internal static class Tolerance
{
    /// <summary>XPath's <c>round(x * 100) div 100</c>: half a cent goes towards plus infinity, also for negative amounts.</summary>
    public static decimal XPathRound2(decimal value) => Math.Floor((value * 100m) + 0.5m) / 100m;

    /// <summary>Compares exactly; on scans half a cent for each line and a cent more pass as rounding.</summary>
    public static RuleResult Exact(RuleContext context, decimal printed, decimal expected, params IEnumerable<FieldValue?> operands) =>
        Within(printed, expected, context.IsScan ? (0.005m * context.Record.Lines.Count) + 0.01m : 0, operands);

    /// <summary>Compares within a tolerance, its edge included.</summary>
    public static RuleResult Within(decimal printed, decimal expected, decimal tolerance, params IEnumerable<FieldValue?> operands)
    {
        var difference = Math.Abs(printed - expected);
        return Result(difference == 0 ? RuleStatus.Pass : difference <= tolerance ? RuleStatus.PassRounding : RuleStatus.Fail, printed, expected, operands);
    }

    /// <summary>Compares within one unit of the currency, its edge excluded, as BR-CO-17 and BR-S-08 do.</summary>
    public static RuleResult BelowOne(decimal printed, decimal expected, params IEnumerable<FieldValue?> operands)
    {
        var difference = Math.Abs(printed - expected);
        return Result(difference == 0 ? RuleStatus.Pass : difference < 1 ? RuleStatus.PassRounding : RuleStatus.Fail, printed, expected, operands);
    }

    /// <summary>Holds or not, without a tolerance.</summary>
    public static RuleResult Holds(bool holds, string detail, params IEnumerable<FieldValue?> operands) =>
        new(holds ? RuleStatus.Pass : RuleStatus.Fail, [.. operands.OfType<FieldValue>()], holds ? null : detail);

    private static RuleResult Result(RuleStatus status, decimal printed, decimal expected, IEnumerable<FieldValue?> operands) => new(
        status,
        [.. operands.OfType<FieldValue>()],
        status == RuleStatus.Pass ? null : string.Create(CultureInfo.InvariantCulture, $"printed {printed}, expected {expected}"));
}
