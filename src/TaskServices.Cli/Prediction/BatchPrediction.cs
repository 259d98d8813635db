using System.Diagnostics;
using TaskServices.Cli.Terminal;
using TaskServices.Inference;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Cli.Prediction;

/// <summary>Predicts SQL for the rows of a questions file that have no prediction yet.</summary>
internal static class BatchPrediction
{
    /// <summary>Where a benchmark keeps a database: <c>DIR/db_id/db_id.sqlite</c>.</summary>
    /// <returns>The databases' URLs by name; a name that would leave the folder is left out, so that its questions end in an error row.</returns>
    public static Dictionary<string, string> FindDatabases(string folder, IEnumerable<QuestionRow> rows) =>
        rows.Select(row => row.DatabaseId).Distinct()
            .Where(name => name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0)
            .ToDictionary(name => name, name => "sqlite:" + Path.Combine(folder, name, name + ".sqlite"));

    /// <summary>Asks question after question; each row is written before the next is asked, so that a stop loses nothing.</summary>
    /// <param name="progress">Receives the fraction of all rows that are done.</param>
    public static async Task RunAsync(
        ITextToSql textToSql, IReadOnlyList<QuestionRow> rows, PredictionFile output, Action<double> progress, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var row in rows)
        {
            if (!output.Contains(row.Key))
            {
                output.Append(row.Key, await PredictAsync(textToSql, row, cancellationToken));
            }

            progress((double)++done / rows.Count);
        }

        output.Sort(rows.Select(row => row.Key));
    }

    // A database that cannot be read costs its own questions, not the run.
    private static async Task<PredictionRow> PredictAsync(ITextToSql textToSql, QuestionRow row, CancellationToken cancellationToken)
    {
        var elapsed = Stopwatch.StartNew();
        try
        {
            return PredictionRow.From(row.Id, await textToSql.AskAsync(row.DatabaseId, row.Question, cancellationToken));
        }
        catch (Exception exception) when (exception is TextToSqlException or InferenceException)
        {
            Console.Error.WriteLine($"taskservices: {CellText.OneLine(row.Key)}: {CellText.OneLine(exception.Message)}");
            return PredictionRow.Error(row.Id, elapsed.Elapsed);
        }
    }
}
