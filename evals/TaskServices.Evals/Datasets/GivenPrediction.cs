using TaskServices.TextToSql.Generation;

namespace TaskServices.Evals.Datasets;

/// <summary>A row of a prediction file: what <c>predict-sql</c> writes, of which only <c>id</c> and <c>sql</c> are needed.</summary>
internal sealed record GivenPrediction
{
    public required string Id { get; init; }

    /// <summary>Gets the predicted query; null where nothing passed the guard.</summary>
    public required string? Sql { get; init; }

    /// <summary>Gets what became of the question; absent means answered where there is SQL, else refused.</summary>
    public PredictionStatus? Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>Gets the confidence in [0, 1], where the file has one.</summary>
    public double? Confidence { get; init; }

    /// <summary>Gets how many candidates were generated.</summary>
    public int? Candidates { get; init; }

    public int? PromptTokens { get; init; }

    public int? CompletionTokens { get; init; }

    public double? LatencyMs { get; init; }

    /// <summary>Reads a prediction file.</summary>
    /// <exception cref="EvaluationException"><c>DATASET_LINE_INVALID</c>, <c>DATASET_ID_DUPLICATE</c>.</exception>
    public static IReadOnlyDictionary<string, GivenPrediction> ReadAll(string path)
    {
        var byId = new Dictionary<string, GivenPrediction>(StringComparer.Ordinal);
        foreach (var (number, row) in JsonLines.Read<GivenPrediction>(path))
        {
            if (row.Confidence is { } confidence && !(confidence is >= 0 and <= 1))
            {
                throw new EvaluationException("DATASET_LINE_INVALID", $"{path}:{number}: field 'confidence' must be in [0, 1].");
            }

            if (!byId.TryAdd(row.Id, row))
            {
                throw new EvaluationException("DATASET_ID_DUPLICATE", $"{path}:{number}: id '{row.Id}' stands in the file twice.");
            }
        }

        return byId;
    }
}
