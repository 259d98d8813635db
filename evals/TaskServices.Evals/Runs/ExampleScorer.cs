using TaskServices.Evals.Contenders;
using TaskServices.Evals.Datasets;
using TaskServices.Evals.Execution;
using TaskServices.Evals.Metrics;

namespace TaskServices.Evals.Runs;

/// <summary>Executes gold and prediction and scores one item. Safe for use from several threads.</summary>
/// <param name="databases">Database id → file that nobody writes.</param>
/// <param name="variants">Database id → files with the same schema and other data; empty where test-suite accuracy is not asked for.</param>
/// <param name="keepDistinct">False removes DISTINCT from both queries, as Spider's evaluation does by default.</param>
internal sealed class ExampleScorer(IReadOnlyDictionary<string, string> databases, IReadOnlyDictionary<string, IReadOnlyList<string>> variants, ExecutionLimits limits, bool keepDistinct)
{
    private readonly GoldAnalysis _goldAnalysis = new(databases);

    /// <exception cref="OperationCanceledException">The run was cancelled; a running query is interrupted.</exception>
    public ExampleResult Score(Example example, Prediction prediction, CancellationToken cancellationToken)
    {
        using var database = new ReadOnlyDatabase(databases[example.DatabaseId], limits, cancellationToken);
        var gold = new Query(database, example.GoldSql, keepDistinct);
        var predicted = string.IsNullOrWhiteSpace(prediction.Sql) ? null : new Query(database, prediction.Sql, keepDistinct);
        var (correct, failure, detail) = Compare(example.GoldSql, gold, predicted);
        var (hardness, exactMatch) = _goldAnalysis.Analyze(example, prediction.Sql);
        return new ExampleResult
        {
            Id = example.Id,
            DatabaseId = example.DatabaseId,
            Question = example.Question,
            GoldSql = example.GoldSql,
            PredictedSql = prediction.Sql,
            CompactSql = prediction.CompactSql,
            Status = prediction.Status,
            Reason = prediction.Reason,
            Message = prediction.Message,
            Correct = correct,
            BirdCorrect = predicted is not null && gold.AsWritten.IsExecuted && predicted.AsWritten.IsExecuted
                && BirdExecutionAccuracy.AreEqual(gold.AsWritten.Rows, predicted.AsWritten.Rows),
            TestSuiteCorrect = variants.GetValueOrDefault(example.DatabaseId) is { Count: > 0 } files
                ? correct && files.All(file => IsCorrectOn(file, example.GoldSql, prediction.Sql!, cancellationToken))
                : null,
            Valid = predicted?.AsWritten.IsValid ?? false,
            Executable = predicted?.AsWritten.IsExecuted ?? false,
            Failure = failure,
            Detail = detail,
            GoldRows = gold.Prepared.Rows.Count,
            PredictedRows = predicted is { Prepared.IsExecuted: true } ? predicted.Prepared.Rows.Count : null,
            Hardness = hardness,
            ExactMatch = exactMatch,
            Clauses = GoldClauses.Of(example.GoldSql),
            Confidence = prediction.Confidence,
            CandidateCount = prediction.CandidateCount,
            PromptTokens = prediction.PromptTokens,
            CachedPromptTokens = prediction.CachedPromptTokens,
            CompletionTokens = prediction.CompletionTokens,
            LatencyMs = prediction.LatencyMs,
            Cost = prediction.Cost,
            ExecutionMs = predicted?.AsWritten.Duration.TotalMilliseconds,
        };
    }

    /// <summary>A variant on which the gold query does not run to its end says nothing, and counts as right.</summary>
    private bool IsCorrectOn(string path, string goldSql, string predictedSql, CancellationToken cancellationToken)
    {
        using var database = new ReadOnlyDatabase(path, limits, cancellationToken);
        var (correct, failure, _) = Compare(goldSql, new Query(database, goldSql, keepDistinct), new Query(database, predictedSql, keepDistinct));
        return correct || failure == "GOLD_FAILED";
    }

    private static (bool Correct, string? Failure, string? Detail) Compare(string goldSql, Query gold, Query? predicted)
    {
        if (!gold.Prepared.IsExecuted)
            return (false, "GOLD_FAILED", $"The gold query does not run: {gold.Prepared.Message}");
        if (predicted is null)
            return (false, "NO_SQL", null);
        if (!predicted.Prepared.IsExecuted)
            return (false, FailureOf(predicted.Prepared.Status), predicted.Prepared.Message);
        try
        {
            return ExecutionAccuracy.AreEqual(gold.Prepared.Rows, predicted.Prepared.Rows, ExecutionAccuracy.OrderMatters(goldSql))
                ? (true, null, null)
                : (false, "RESULT_DIFFERS", $"{gold.Prepared.Rows.Count} gold rows, {predicted.Prepared.Rows.Count} predicted rows.");
        }
        catch (ColumnSearchLimitException exception)
        {
            return (false, "COLUMN_SEARCH_LIMIT", exception.Message);
        }
    }

    private static string FailureOf(QueryStatus status) => status switch
    {
        QueryStatus.Invalid => "INVALID_SQL",
        QueryStatus.NotReadOnly => "NOT_READ_ONLY",
        QueryStatus.TimedOut => "QUERY_TIMED_OUT",
        QueryStatus.TooLarge => "RESULT_TOO_LARGE",
        _ => "QUERY_FAILED",
    };

    /// <summary>A query executed as written (validity, BIRD) and as Spider prepares it; once where the two texts are the same.</summary>
    private sealed class Query
    {
        public Query(ReadOnlyDatabase database, string sql, bool keepDistinct)
        {
            AsWritten = database.Execute(sql);
            var prepared = ExecutionAccuracy.Prepare(sql, keepDistinct);
            Prepared = prepared == sql ? AsWritten : database.Execute(prepared);
        }

        public QueryOutcome AsWritten { get; }

        public QueryOutcome Prepared { get; }
    }
}
