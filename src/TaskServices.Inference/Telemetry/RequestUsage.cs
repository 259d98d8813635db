namespace TaskServices.Inference.Telemetry;

/// <summary>What a request's measurements are labelled with.</summary>
/// <param name="Operation">The operation's name: <c>text_completion</c> or <c>score</c>.</param>
/// <param name="Adapter">The adapter's name; null is the base model.</param>
/// <param name="Tenant">Who asks, or null.</param>
internal readonly record struct RequestLabels(string Operation, string Model, string? Adapter, string? Tenant);

/// <summary>What a request took. Times that it did not come to are null.</summary>
internal readonly record struct RequestUsage
{
    public required TimeSpan Duration { get; init; }

    /// <summary>Gets the time until the request got a slot; null where it never did.</summary>
    public TimeSpan? QueueTime { get; init; }

    public TimeSpan? PrefillTime { get; init; }

    public TimeSpan? DecodeTime { get; init; }

    public TimeSpan? TimeToFirstToken { get; init; }

    public TimeSpan? TimePerOutputToken { get; init; }

    /// <summary>Gets the time of model runs, shared evenly by the rows of a run.</summary>
    public TimeSpan ModelTime { get; init; }

    public int InputTokens { get; init; }

    public int CachedTokens { get; init; }

    /// <summary>Gets the completion tokens; null where nothing is generated.</summary>
    public int? OutputTokens { get; init; }

    public int ForcedTokens { get; init; }

    /// <summary>Gets what the machine costs in an hour; 0 where nothing is known.</summary>
    public double CostPerHour { get; init; }
}
