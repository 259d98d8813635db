using System.Diagnostics.Metrics;

namespace TaskServices.Inference.Telemetry;

/// <summary>Histogram boundaries: those of the semantic conventions where they name some, else ones that fit what is measured.</summary>
internal static class Buckets
{
    /// <summary>10 ms to 82 s, doubling.</summary>
    public static InstrumentAdvice<double> Request { get; } = Of([.. Enumerable.Range(0, 14).Select(i => 0.01 * (1 << i))]);

    public static InstrumentAdvice<double> FirstToken { get; } =
        Of(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10);

    /// <summary>The conventions' boundaries and two below them: small models write a token in less than 10 ms.</summary>
    public static InstrumentAdvice<double> OutputToken { get; } =
        Of(0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5);

    public static InstrumentAdvice<double> Step { get; } = Of(0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56);

    public static InstrumentAdvice<double> Mask { get; } = Of(1e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 1e-2, 1e-1);

    public static InstrumentAdvice<long> Tokens { get; } =
        new() { HistogramBucketBoundaries = [.. Enumerable.Range(0, 14).Select(i => 1L << (2 * i))] };

    public static InstrumentAdvice<int> Rows { get; } =
        new() { HistogramBucketBoundaries = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128] };

    private static InstrumentAdvice<double> Of(params double[] boundaries) => new() { HistogramBucketBoundaries = boundaries };
}
