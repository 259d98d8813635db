using TaskServices.Evals.Metrics;
using TaskServices.Evals.Statistics;

namespace TaskServices.Evals.Runs;

/// <summary>The machine-readable outcome of a run: <c>summary.json</c>. Rates are shares of all items unless said otherwise.</summary>
internal sealed record Summary
{
    public required string Suite { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets the command line that made it.</summary>
    public required string Command { get; init; }

    /// <summary>Gets the source revision of the program, where the build knew it.</summary>
    public string? Commit { get; init; }

    public required string Machine { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Gets hashes of data, code and model, and the limits.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required int Parallelism { get; init; }

    public required int Count { get; init; }

    /// <summary>Gets the score of the gold queries as predictions.</summary>
    public required Rate Ceiling { get; init; }

    public required IReadOnlyList<Rate> Metrics { get; init; }

    /// <summary>Gets the time from question to SQL; null where no item has it.</summary>
    public Distribution? LatencyMs { get; init; }

    public Distribution? PromptTokens { get; init; }

    public Distribution? CompletionTokens { get; init; }

    /// <summary>Gets the cost of a question, in the currency of the prices given; null where it is not known.</summary>
    public Distribution? Cost { get; init; }

    public ConfidenceQuality? Confidence { get; init; }

    /// <summary>Gets execution accuracy by hardness, database and clause.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Rate>> Breakdowns { get; init; }

    /// <summary>Gets how many items failed for which reason, most frequent first.</summary>
    public required IReadOnlyDictionary<string, int> Failures { get; init; }

    /// <summary>Finds a metric by its name.</summary>
    public Rate Metric(string name) => Metrics.First(metric => metric.Name == name);
}

/// <summary>A proportion with its 95 % intervals.</summary>
/// <param name="Wilson">For independent items.</param>
/// <param name="Bootstrap">Resampling databases; null for breakdowns, and where there is only one database.</param>
internal sealed record Rate(string Name, int Hits, int Count, double Value, Interval Wilson, Interval? Bootstrap = null)
{
    public static Rate Of(string name, int hits, int count) =>
        new(name, hits, count, count == 0 ? 0 : (double)hits / count, WilsonInterval.Compute(hits, count));
}

/// <summary>Median, 95th percentile, mean and sum over the items that have the number.</summary>
internal sealed record Distribution(int Count, double P50, double P95, double Mean, double Total)
{
    public static Distribution? Of(IEnumerable<double?> values)
    {
        var known = values.OfType<double>().ToArray();
        return known.Length == 0
            ? null
            : new(known.Length, Percentile.Of(known, 50)!.Value, Percentile.Of(known, 95)!.Value, known.Average(), known.Sum());
    }
}

/// <summary>How well the confidence tells right from wrong, over the items that have one.</summary>
/// <param name="CoverageAt90">Largest share that can be answered with at least 90 % right; null where there is none.</param>
internal sealed record ConfidenceQuality(
    int Count,
    double ExpectedCalibrationError,
    double AreaUnderRiskCoverage,
    RiskCoveragePoint? CoverageAt90,
    IReadOnlyList<CalibrationBin> Bins,
    IReadOnlyList<RiskCoveragePoint> RiskCoverage);
