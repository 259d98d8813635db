using TaskServices.TextToSql.Generation;

namespace TaskServices.Evals.Contenders;

/// <summary>What a contender made of one question. Numbers are null where the contender does not say.</summary>
internal sealed record Prediction
{
    public required PredictionStatus Status { get; init; }

    /// <summary>Gets the query that is scored, whatever the status: the best candidate that passed the guard; null if none did.</summary>
    public string? Sql { get; init; }

    public string? CompactSql { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public double? Confidence { get; init; }

    public int? CandidateCount { get; init; }

    public int? PromptTokens { get; init; }

    public int? CachedPromptTokens { get; init; }

    public int? CompletionTokens { get; init; }

    public double? LatencyMs { get; init; }

    /// <summary>Gets what the answer cost, in the currency of the prices given.</summary>
    public double? Cost { get; init; }
}

/// <summary>Answers the questions of a suite: our service, or a file of given predictions.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>Gets what identifies the contender (hashes of model, adapter, code or file); a resumed run must have the same.</summary>
    IReadOnlyDictionary<string, string> Identity { get; }

    /// <summary>Answers one question. Safe for use from several threads.</summary>
    Task<Prediction> PredictAsync(Datasets.Example example, CancellationToken cancellationToken);
}
