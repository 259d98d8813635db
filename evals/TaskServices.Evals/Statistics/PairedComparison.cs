using TaskServices.Evals.Runs;

namespace TaskServices.Evals.Statistics;

/// <summary>Two runs over the same items: difference of execution accuracy with its interval, and McNemar's test.</summary>
/// <param name="Count">Items that both runs have; only they are compared.</param>
/// <param name="Difference">Accuracy of the second run minus that of the first, in [−1, 1].</param>
/// <param name="Interval">95 % paired bootstrap over databases; null with fewer than two databases.</param>
/// <param name="PValue">McNemar's exact two-sided p.</param>
internal sealed record PairedComparison(
    int Count, double First, double Second, double Difference, Interval? Interval, int OnlyFirst, int OnlySecond, double PValue)
{
    /// <summary>Gets whether the second run is worse, and more than chance explains (p &lt; 0.05).</summary>
    public bool IsSignificantDrop => OnlySecond < OnlyFirst && PValue < 0.05;

    /// <param name="first">Id → correct.</param>
    public static PairedComparison Compare(
        IReadOnlyDictionary<string, bool> first, IReadOnlyCollection<ExampleResult> second, ulong seed)
    {
        var pairs = second.Where(item => first.ContainsKey(item.Id))
            .Select(item => (item.DatabaseId, First: first[item.Id], Second: item.Correct)).ToList();
        var onlyFirst = pairs.Count(pair => pair.First && !pair.Second);
        var onlySecond = pairs.Count(pair => !pair.First && pair.Second);
        var count = Math.Max(pairs.Count, 1);
        Interval? interval = pairs.Select(pair => pair.DatabaseId).Distinct().Count() < 2
            ? null
            : ClusterBootstrap.OfMean(pairs.Select(pair => (pair.DatabaseId, (pair.Second ? 1.0 : 0) - (pair.First ? 1.0 : 0))), seed);
        return new PairedComparison(
            pairs.Count,
            (double)pairs.Count(pair => pair.First) / count,
            (double)pairs.Count(pair => pair.Second) / count,
            (double)(onlySecond - onlyFirst) / count,
            interval,
            onlyFirst,
            onlySecond,
            McNemarTest.PValue(onlyFirst, onlySecond));
    }
}
