namespace TaskServices.Evals.Statistics;

/// <summary>Wilson's score interval of one proportion, for independent items.</summary>
/// <remarks>Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).</remarks>
internal static class WilsonInterval
{
    /// <summary>97.5th percentile of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    /// <returns>Within [0, 1]; [0, 1] where <paramref name="total"/> is 0.</returns>
    public static Interval Compute(int successes, int total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, total);
        if (total == 0)
            return new Interval(0, 1);

        var n = (double)total;
        var p = successes / n;
        var centre = p + (Z * Z / (2 * n));
        var half = Z * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4 * n * n)));
        var scale = 1 + (Z * Z / n);
        return new Interval(Math.Max((centre - half) / scale, 0), Math.Min((centre + half) / scale, 1));
    }
}
