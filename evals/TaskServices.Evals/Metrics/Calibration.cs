namespace TaskServices.Evals.Metrics;

/// <summary>Expected calibration error (ECE) and the reliability diagram behind it.</summary>
/// <remarks>
/// Source: Guo et al., "On Calibration of Modern Neural Networks" (2017): equal-width bins over confidence, (lower, upper] with 0 in
/// the first, ECE = Σ (bin size ÷ all) · |accuracy − mean confidence|.
/// </remarks>
internal static class Calibration
{
    /// <summary>Gets the bins that hold items, in rising order of confidence.</summary>
    public static IReadOnlyList<CalibrationBin> Bins(IReadOnlyCollection<(double Confidence, bool Correct)> items, int binCount = 10) =>
    [
        .. items
            .GroupBy(item => Math.Max((int)Math.Ceiling(item.Confidence * binCount) - 1, 0))
            .OrderBy(bin => bin.Key)
            .Select(bin => new CalibrationBin(
                bin.Count(), bin.Average(item => item.Confidence), bin.Average(item => item.Correct ? 1.0 : 0.0))),
    ];

    /// <returns>In [0, 1]; null without items.</returns>
    public static double? ExpectedError(IReadOnlyList<CalibrationBin> bins)
    {
        var count = bins.Sum(bin => bin.Count);
        return count == 0 ? null : bins.Sum(bin => bin.Count * Math.Abs(bin.Accuracy - bin.Confidence)) / count;
    }
}

/// <param name="Confidence">Mean confidence of the bin.</param>
internal sealed record CalibrationBin(int Count, double Confidence, double Accuracy);
