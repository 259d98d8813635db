using System.Text.Json.Serialization;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Evals.Runs;

/// <summary>One scored item: a row of <c>examples.jsonl</c>.</summary>
internal sealed record ExampleResult
{
    public required string Id { get; init; }

    [JsonPropertyName("db_id")]
    public required string DatabaseId { get; init; }

    public required string Question { get; init; }

    public required string GoldSql { get; init; }

    public string? PredictedSql { get; init; }

    public string? CompactSql { get; init; }

    public required PredictionStatus Status { get; init; }

    /// <summary>Gets the contender's own reason for not answering.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }

    /// <summary>Gets whether the prediction is right by Spider's execution accuracy.</summary>
    public required bool Correct { get; init; }

    /// <summary>Gets whether the prediction is right by BIRD's execution accuracy.</summary>
    public required bool BirdCorrect { get; init; }

    /// <summary>Gets whether the prediction matches exactly by Spider's rules; null where the gold query is outside them.</summary>
    public bool? ExactMatch { get; init; }

    /// <summary>Gets whether the prediction is right on the original and on every variant of the data; null where there were no variants.</summary>
    public bool? TestSuiteCorrect { get; init; }

    /// <summary>Gets whether SQLite accepts the prediction as one reading statement.</summary>
    public required bool Valid { get; init; }

    /// <summary>Gets whether the prediction runs to its end within the limits.</summary>
    public required bool Executable { get; init; }

    /// <summary>Gets why the item is wrong, in UPPER_SNAKE_CASE; null when correct.</summary>
    public string? Failure { get; init; }

    /// <summary>Gets one line about the failure.</summary>
    public string? Detail { get; init; }

    public int GoldRows { get; init; }

    public int? PredictedRows { get; init; }

    /// <summary>Gets Spider's hardness of the gold query: easy, medium, hard, extra, or unknown.</summary>
    public required string Hardness { get; init; }

    /// <summary>Gets the clauses of the gold query: join, nested, set, group, having, order, limit, distinct.</summary>
    public required IReadOnlyList<string> Clauses { get; init; }

    public double? Confidence { get; init; }

    public int? CandidateCount { get; init; }

    public int? PromptTokens { get; init; }

    public int? CachedPromptTokens { get; init; }

    public int? CompletionTokens { get; init; }

    /// <summary>Gets the time from question to SQL in milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Gets what the answer cost, in the currency of the prices given.</summary>
    public double? Cost { get; init; }

    /// <summary>Gets the time of the predicted query in milliseconds.</summary>
    public double? ExecutionMs { get; init; }
}
