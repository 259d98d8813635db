using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference;

/// <summary>Settings of the inference engine.</summary>
public sealed record InferenceOptions
{
    internal const string Unnamed = "unnamed";

    /// <summary>Gets the model's name in metrics and logs. A host that is opened without one takes the name of the imported file.</summary>
    public string ModelName { get; init; } = Unnamed;

    /// <summary>Gets how many requests may wait for a KV slot; one more is refused with <c>QUEUE_FULL</c>.</summary>
    /// <value>1 to 100,000. The default is 256.</value>
    public int QueueCapacity { get; init; } = 256;

    /// <summary>Gets how long a request may wait for a KV slot before it fails with <c>QUEUE_TIMEOUT</c>.</summary>
    /// <value>10 ms to 1 hour. The default is 5 minutes.</value>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets how many prompt tokens one prefill run takes, a quarter of it while other requests decode: they get a step between two runs. It
    /// changes no result.
    /// </summary>
    /// <value>4 to 8,192. The default is 256.</value>
    public int PrefillChunkTokens { get; init; } = 256;

    /// <summary>Gets the memory of the prefix cache.</summary>
    /// <value>0 (no cache) to 1 TiB. The default is 256 MiB.</value>
    public long PrefixCacheBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Gets the longest draft of prompt-lookup speculation: tokens that followed the same words before, checked by the model in one run. It pays
    /// where the output copies from the prompt and few requests run at once; drafts of many requests would each take a run of their own.
    /// </summary>
    /// <value>0 (off, the default) to 64.</value>
    public int SpeculationDraftTokens { get; init; }

    /// <summary>Gets how many adapters may be loaded at once.</summary>
    /// <value>0 to 1,024. The default is 8.</value>
    public int MaxAdapterCount { get; init; } = 8;

    /// <summary>Gets the largest rank of an adapter.</summary>
    /// <value>1 to 1,024. The default is 64.</value>
    public int MaxAdapterRank { get; init; } = 64;

    /// <summary>Gets the memory of all loaded adapters together.</summary>
    /// <value>0 to 1 TiB. The default is 512 MiB.</value>
    public long MaxAdapterBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Gets what an hour of the machine costs, in any currency: metrics then tell the cost of each tenant's and adapter's tokens. Requests pay for
    /// the time of model runs that they took part in, shared evenly by the rows of a run; an idle machine is charged to nobody.
    /// </summary>
    /// <value>0 (unknown, the default) to 1,000,000.</value>
    public double MachineCostPerHour { get; init; }

    /// <exception cref="InferenceException"><c>OPTION_OUT_OF_RANGE</c>: names the setting and its range.</exception>
    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(ModelName), nameof(ModelName), ModelName, "not empty");
        Require(QueueCapacity is >= 1 and <= 100_000, nameof(QueueCapacity), QueueCapacity, "in [1, 100000]");
        Require(
            QueueTimeout >= TimeSpan.FromMilliseconds(10) && QueueTimeout <= TimeSpan.FromHours(1),
            nameof(QueueTimeout),
            QueueTimeout,
            "in [00:00:00.010, 01:00:00]");
        Require(PrefillChunkTokens is >= RunLength.ShortestLimit and <= 8192, nameof(PrefillChunkTokens), PrefillChunkTokens, "in [4, 8192]");
        Require(PrefixCacheBytes is >= 0 and <= 1L << 40, nameof(PrefixCacheBytes), PrefixCacheBytes, "in [0, 2^40]");
        Require(MaxAdapterCount is >= 0 and <= 1024, nameof(MaxAdapterCount), MaxAdapterCount, "in [0, 1024]");
        Require(MaxAdapterBytes is >= 0 and <= 1L << 40, nameof(MaxAdapterBytes), MaxAdapterBytes, "in [0, 2^40]");
        Require(MaxAdapterRank is >= 1 and <= 1024, nameof(MaxAdapterRank), MaxAdapterRank, "in [1, 1024]");
        Require(MachineCostPerHour is >= 0 and <= 1_000_000, nameof(MachineCostPerHour), MachineCostPerHour, "in [0, 1000000]");
        Require(SpeculationDraftTokens is >= 0 and <= 64, nameof(SpeculationDraftTokens), SpeculationDraftTokens, "in [0, 64]");
    }

    private static void Require(bool condition, string name, object? value, string range)
    {
        if (!condition)
            throw new InferenceException("OPTION_OUT_OF_RANGE", $"Inference setting {name} is {value}; it must be {range}.");
    }
}
