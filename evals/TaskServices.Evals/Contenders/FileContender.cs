using TaskServices.Evals.Datasets;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Evals.Contenders;

/// <summary>Scores predictions that stand in a file. A question without a row counts as wrong, reason <c>NO_PREDICTION</c>.</summary>
internal sealed class FileContender(string path) : IContender
{
    private readonly IReadOnlyDictionary<string, GivenPrediction> _byId = GivenPrediction.ReadAll(path);

    public IReadOnlyDictionary<string, string> Identity { get; } =
        new Dictionary<string, string> { ["predictions_sha256"] = DatabaseFolders.HashFile(path) };

    public Task<Prediction> PredictAsync(Example example, CancellationToken cancellationToken) => Task.FromResult(
        !_byId.TryGetValue(example.Id, out var row)
            ? new Prediction { Status = PredictionStatus.Error, Reason = "NO_PREDICTION" }
            : new Prediction
            {
                Status = row.Status ?? (string.IsNullOrWhiteSpace(row.Sql) ? PredictionStatus.Refused : PredictionStatus.Answered),
                Sql = row.Sql,
                Reason = row.Reason,
                Confidence = row.Confidence,
                CandidateCount = row.Candidates,
                PromptTokens = row.PromptTokens,
                CompletionTokens = row.CompletionTokens,
                LatencyMs = row.LatencyMs,
            });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
