using System.Text.Json.Serialization;

namespace TaskServices.Benchmarks.Inference;

/// <summary>One figure of the report.</summary>
internal sealed record Metric(string Name, string Unit, bool LowerIsBetter)
{
    /// <summary>A prompt of which nothing is cached, to the first token.</summary>
    public static readonly Metric Prefill = new("prefill", "tokens/s", false);

    /// <summary>Tokens after the first, one sequence alone.</summary>
    public static readonly Metric Decode = new("decode", "tokens/s", false);

    /// <summary>Requests on one cached prefix: time in a row ÷ time at once.</summary>
    public static readonly Metric Concurrency = new("concurrency_8", "x", false);

    public static readonly Metric TimeToFirstToken = new("time_to_first_token", "ms", true);

    public static readonly Metric TimeToFirstTokenCached = new("time_to_first_token_cached", "ms", true);

    /// <summary>Largest resident memory of the process.</summary>
    public static readonly Metric Memory = new("memory", "MiB", true);

    /// <summary>From the command to load to readiness, in a new process, the file in the page cache.</summary>
    public static readonly Metric Load = new("load", "s", true);

    public Metric WithAdapter => this with { Name = Name + "_adapter" };
}

/// <summary>One row of the report: medians over the rounds.</summary>
/// <param name="Ratio"><paramref name="Ours"/> ÷ <paramref name="Peer"/>.</param>
internal sealed record MetricRow(string Metric, double Ours, double? Peer, double? Ratio, string Unit)
{
    [JsonIgnore]
    public bool LowerIsBetter { get; init; }
}
