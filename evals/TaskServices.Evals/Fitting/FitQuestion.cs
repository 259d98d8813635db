using System.Text.Json.Serialization;

namespace TaskServices.Evals.Fitting;

/// <summary>A question to fit on.</summary>
internal sealed record FitQuestion
{
    public required string Id { get; init; }

    [JsonPropertyName("db_id")]
    public required string DatabaseId { get; init; }

    public required string Question { get; init; }

    /// <summary>Gets the gold query; null where the schema does not hold the answer, so that every candidate is wrong.</summary>
    [JsonPropertyName("query")]
    public string? GoldSql { get; init; }
}
