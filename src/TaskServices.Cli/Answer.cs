using System.Diagnostics;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Cli;

/// <summary>A question, its SQL, and the rows where there is an answer.</summary>
internal sealed record Answer
{
    public required string Question { get; init; }

    public required SqlPrediction Prediction { get; init; }

    public IReadOnlyList<string> Columns { get; init; } = [];

    public IReadOnlyList<object?[]> Rows { get; init; } = [];

    /// <summary>Gets the limit that cut the rows, or null.</summary>
    public string? TruncatedBy { get; init; }

    public TimeSpan ExecutionTime { get; init; }

    /// <summary>Asks, and executes what was answered. The rows are bounded by <paramref name="limits"/>.</summary>
    public static async Task<Answer> AskAsync(
        ITextToSql textToSql, string databaseName, string question, QueryLimits limits, CancellationToken cancellationToken)
    {
        var prediction = await textToSql.AskAsync(databaseName, question, cancellationToken);
        if (prediction.Status is not PredictionStatus.Answered)
        {
            return new Answer { Question = question, Prediction = prediction };
        }

        var elapsed = Stopwatch.StartNew();
        await using var result = await textToSql.ExecuteAsync(databaseName, prediction, limits, cancellationToken);
        var rows = new List<object?[]>();
        await foreach (var row in result.ReadRowsAsync(cancellationToken))
        {
            rows.Add(row);
        }

        return new Answer
        {
            Question = question,
            Prediction = prediction,
            Columns = result.Columns,
            Rows = rows,
            TruncatedBy = result.TruncatedBy,
            ExecutionTime = elapsed.Elapsed,
        };
    }
}
