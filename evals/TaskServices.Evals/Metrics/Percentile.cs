namespace TaskServices.Evals.Metrics;

/// <summary>Percentiles with linear interpolation between the closest ranks (NumPy's default, Hyndman and Fan type 7).</summary>
internal static class Percentile
{
    /// <param name="values">In any order; none gives null.</param>
    /// <param name="percent">In [0, 100].</param>
    public static double? Of(IEnumerable<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            return null;
        var rank = percent / 100 * (sorted.Length - 1);
        var lower = (int)Math.Floor(rank);
        var upper = Math.Min(lower + 1, sorted.Length - 1);
        return sorted[lower] + ((rank - lower) * (sorted[upper] - sorted[lower]));
    }
}
