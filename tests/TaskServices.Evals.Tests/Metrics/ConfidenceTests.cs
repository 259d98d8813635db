using TaskServices.Evals.Metrics;

namespace TaskServices.Evals.Tests.Metrics;

public sealed class ConfidenceTests
{
    private static readonly (double, bool)[] Items = [(0.95, true), (0.95, true), (0.65, true), (0.65, false), (0.15, false)];

    [Fact]
    public void ExpectedError_HandWorkedBins_IsWeightedGap() =>
        // Bins: 2 items |1 − 0.95|, 2 items |0.5 − 0.65|, 1 item |0 − 0.15|.
        Assert.Equal(((2 * 0.05) + (2 * 0.15) + 0.15) / 5, Calibration.ExpectedError(Calibration.Bins(Items))!.Value, 12);

    [Fact]
    public void Bins_EdgeValues_BelongToTheLowerBin()
    {
        var bins = Calibration.Bins([(0.0, false), (0.1, false), (0.2, true), (1.0, true)]);
        Assert.Equal([2, 1, 1], bins.Select(bin => bin.Count));
    }

    [Fact]
    public void Curve_EqualConfidences_AreOnePoint()
    {
        var curve = RiskCoverage.Curve(Items);
        Assert.Equal([new(0.95, 0.4, 0), new(0.65, 0.8, 0.25), new(0.15, 1, 0.4)], curve);
        Assert.Equal((0.4 * 0) + (0.4 * 0.25) + (0.2 * 0.4), RiskCoverage.Area(curve)!.Value, 12);
    }

    [Fact]
    public void LargestCoverage_AccuracyAsked_IsLastPointThatKeepsIt()
    {
        var curve = RiskCoverage.Curve(Items);
        Assert.Equal(0.8, RiskCoverage.LargestCoverage(curve, 0.75)!.Coverage);
        Assert.Equal(0.4, RiskCoverage.LargestCoverage(curve, 0.9)!.Coverage);
        Assert.Null(RiskCoverage.LargestCoverage(RiskCoverage.Curve([(0.9, false)]), 0.9));
    }

    [Fact]
    public void Percentile_BetweenRanks_Interpolates()
    {
        Assert.Equal(2.5, Percentile.Of([4, 1, 3, 2], 50));
        Assert.Equal(3.85, Percentile.Of([4, 1, 3, 2], 95)!.Value, 12);
        Assert.Null(Percentile.Of([], 50));
    }
}
