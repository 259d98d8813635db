namespace TaskServices.Evals.Statistics;

/// <summary>Percentile bootstrap that resamples whole databases, because questions about one database are correlated.</summary>
/// <remarks>
/// Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), with clusters as the sampling unit. A pair of runs
/// gives the interval of a difference: the same resample counts for both. Same seed, same interval, on every platform.
/// </remarks>
internal static class ClusterBootstrap
{
    public const int DefaultResampleCount = 10_000;

    /// <summary>Computes the interval of the mean value over all items.</summary>
    /// <param name="items">The cluster and value of each item, for example database and 1 for correct; for a difference −1, 0 or 1.</param>
    public static Interval OfMean(IEnumerable<(string Cluster, double Value)> items, ulong seed, int resampleCount = DefaultResampleCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resampleCount, 1);
        var clusters = items
            .GroupBy(item => item.Cluster, StringComparer.Ordinal)
            .OrderBy(cluster => cluster.Key, StringComparer.Ordinal) // the interval does not depend on the order of items
            .Select(cluster => (Sum: cluster.Sum(item => item.Value), Count: cluster.Count()))
            .ToArray();
        if (clusters.Length == 0)
            return new Interval(double.NaN, double.NaN);

        var random = new SplitMix64(seed);
        var means = new double[resampleCount];
        for (var i = 0; i < means.Length; i++)
        {
            var sum = 0.0;
            var count = 0;
            for (var draw = 0; draw < clusters.Length; draw++)
            {
                var cluster = clusters[random.Next(clusters.Length)];
                sum += cluster.Sum;
                count += cluster.Count;
            }

            means[i] = sum / count;
        }

        return new Interval(Metrics.Percentile.Of(means, 2.5)!.Value, Metrics.Percentile.Of(means, 97.5)!.Value);
    }
}
