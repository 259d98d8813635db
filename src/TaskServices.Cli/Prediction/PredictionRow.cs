using System.Text.Json;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Cli.Prediction;

/// <summary>One row of the predictions file. Names and order are the contract of <c>predict-sql</c>.</summary>
internal sealed record PredictionRow(
    JsonElement Id,
    string? Sql,
    PredictionStatus Status,
    double Confidence,
    int Candidates,
    int PromptTokens,
    int CompletionTokens,
    double LatencyMs)
{
    public static PredictionRow From(JsonElement id, SqlPrediction prediction) => new(
        id,
        prediction.Sql,
        prediction.Status,
        Math.Round(prediction.Confidence, 4),
        prediction.CandidateCount,
        prediction.PromptTokenCount,
        prediction.CompletionTokenCount,
        Math.Round(prediction.Duration.TotalMilliseconds, 1));

    public static PredictionRow Error(JsonElement id, TimeSpan duration) =>
        new(id, null, PredictionStatus.Error, 0, 0, 0, 0, Math.Round(duration.TotalMilliseconds, 1));
}
