using TaskServices.Evals.Statistics;

namespace TaskServices.Evals.Tests.Statistics;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(620, 1034, 0.570, 0.629)]
    [InlineData(60, 100, 0.502, 0.691)]
    [InlineData(0, 10, 0.0, 0.278)]
    [InlineData(10, 10, 0.722, 1.0)]
    public void Wilson_KnownProportions_GivePublishedBounds(int hits, int total, double lower, double upper)
    {
        var interval = WilsonInterval.Compute(hits, total);
        Assert.Equal(lower, interval.Lower, tolerance: 0.001); // 620 of 1,034 is not quite .60
        Assert.Equal(upper, interval.Upper, tolerance: 0.001);
    }

    [Fact]
    public void Wilson_NoItems_SaysNothing() => Assert.Equal(new Interval(0, 1), WilsonInterval.Compute(0, 0));

    [Theory]
    [InlineData(0, 0, 1.0)]
    [InlineData(5, 5, 1.0)]
    [InlineData(10, 2, 0.03857421875)] // 2 · (1 + 12 + 66) ÷ 2¹²
    [InlineData(0, 6, 0.03125)] // 2 ÷ 2⁶
    [InlineData(1, 5, 0.21875)] // 2 · (1 + 6) ÷ 2⁶
    public void McNemar_SmallCounts_AreExact(int onlyFirst, int onlySecond, double expected)
    {
        Assert.Equal(expected, McNemarTest.PValue(onlyFirst, onlySecond), 12);
        Assert.Equal(expected, McNemarTest.PValue(onlySecond, onlyFirst), 12);
    }

    [Fact]
    public void McNemar_LargeCounts_StayFinite() => Assert.InRange(McNemarTest.PValue(1_500, 1_600), 0.05, 0.1);

    [Fact]
    public void Bootstrap_SameSeed_SameIntervalInAnyItemOrder()
    {
        var items = Enumerable.Range(0, 300).Select(i => ($"db{i % 17}", i * i % 23 < i % 17 ? 1.0 : 0.0)).ToList();
        var first = ClusterBootstrap.OfMean(items, seed: 7, resampleCount: 200);
        Assert.Equal(first, ClusterBootstrap.OfMean(Enumerable.Reverse(items), seed: 7, resampleCount: 200));
        Assert.NotEqual(first, ClusterBootstrap.OfMean(items, seed: 8, resampleCount: 200));
    }

    [Fact]
    public void Bootstrap_ItemsOfADatabaseAlike_IsWiderThanWilson()
    {
        var items = Enumerable.Range(0, 400).Select(i => ($"db{i % 10}", i % 10 < 5 ? 1.0 : 0.0)).ToList();
        var clustered = ClusterBootstrap.OfMean(items, seed: 1);
        var independent = WilsonInterval.Compute(200, 400);
        Assert.True(clustered.Upper - clustered.Lower > 3 * (independent.Upper - independent.Lower));
    }

    [Fact]
    public void Bootstrap_ConstantValues_HaveNoSpread() =>
        Assert.Equal(new Interval(1, 1), ClusterBootstrap.OfMean([("a", 1), ("b", 1)], seed: 1));
}
