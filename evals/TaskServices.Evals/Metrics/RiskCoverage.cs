namespace TaskServices.Evals.Metrics;

/// <summary>Risk–coverage curve: how often answers are wrong when only the most confident share is answered.</summary>
/// <remarks>Source: Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks" (2017).</remarks>
internal static class RiskCoverage
{
    /// <summary>Gets one point for each distinct confidence, from the highest down; equal confidences cannot be told apart.</summary>
    public static IReadOnlyList<RiskCoveragePoint> Curve(IReadOnlyCollection<(double Confidence, bool Correct)> items)
    {
        var points = new List<RiskCoveragePoint>();
        int answered = 0, wrong = 0;
        foreach (var group in items.GroupBy(item => item.Confidence).OrderByDescending(group => group.Key))
        {
            answered += group.Count();
            wrong += group.Count(item => !item.Correct);
            points.Add(new RiskCoveragePoint(group.Key, (double)answered / items.Count, (double)wrong / answered));
        }

        return points;
    }

    /// <summary>Area under the curve, each point weighted with the coverage it adds; lower is better. Null without items.</summary>
    public static double? Area(IReadOnlyList<RiskCoveragePoint> curve)
    {
        var area = 0.0;
        var covered = 0.0;
        foreach (var point in curve)
        {
            area += point.Risk * (point.Coverage - covered);
            covered = point.Coverage;
        }

        return curve.Count == 0 ? null : area;
    }

    /// <summary>Finds the largest coverage at which at least <paramref name="accuracy"/> of the answers are right; null if none.</summary>
    public static RiskCoveragePoint? LargestCoverage(IReadOnlyList<RiskCoveragePoint> curve, double accuracy) =>
        curve.LastOrDefault(point => 1 - point.Risk >= accuracy);
}

/// <summary>What happens when everything at or above a threshold is answered.</summary>
/// <param name="Coverage">Share answered, in (0, 1].</param>
/// <param name="Risk">Share of the answered that is wrong, in [0, 1].</param>
internal sealed record RiskCoveragePoint(double Threshold, double Coverage, double Risk);
