using System.CommandLine;
using TaskServices.Cli.Prediction;
using TaskServices.Cli.Terminal;

namespace TaskServices.Cli.Commands;

/// <summary><c>predict-sql</c>: a file of questions to a file of predictions; continues where an earlier run stopped.</summary>
internal static class PredictSqlCommand
{
    public static Command Create()
    {
        var questions = new Option<string>("--questions") { Description = "JSON lines {id, db_id, question}.", HelpName = "IN.jsonl", Required = true };
        var databases = new Option<string>("--databases") { Description = "Folder with <db_id>/<db_id>.sqlite.", HelpName = "DIR", Required = true };
        var output = new Option<string>("--out")
        {
            Description = "JSON lines {id, sql, status, confidence, …}; rows that are there already are kept and skipped.",
            HelpName = "OUT.jsonl",
            Required = true,
        };
        var model = new ModelOptions();
        var command = new Command("predict-sql", "Predicts SQL for a file of questions. Nothing is executed.") { questions, databases, output };
        model.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(questions), parsed.GetRequiredValue(databases), parsed.GetRequiredValue(output),
            model.Read(parsed), parsed.GetValue(GlobalOptions.Format), cancellationToken));
        ExampleHelpAction.SetExamples(
            command, "taskservices predict-sql --questions dev.jsonl --databases spider/database --out predictions.jsonl");
        return command;
    }

    private static async Task<int> RunAsync(
        string questionsPath, string databasesPath, string outputPath, ModelChoice model, OutputFormat format, CancellationToken cancellationToken)
    {
        var rows = QuestionRow.ReadFile(questionsPath);
        if (!Directory.Exists(databasesPath))
        {
            throw CliException.Environment("FOLDER_NOT_FOUND", $"{databasesPath}: no such folder. Check --databases.");
        }

        using var output = PredictionFile.Open(outputPath, rows.Select(row => row.Key).ToHashSet());
        var finishedBefore = rows.Count(row => output.Contains(row.Key));
        if (finishedBefore < rows.Count)
        {
            await using var session = await Composition.OpenTextToSqlAsync(model, BatchPrediction.FindDatabases(databasesPath, rows), cancellationToken);
            await ProgressDisplay.RunAsync("predict-sql", async progress =>
            {
                await BatchPrediction.RunAsync(session.TextToSql, rows, output, progress, cancellationToken);
                return 0;
            });
        }

        if (format is OutputFormat.Json)
        {
            JsonLines.Write(new { Questions = rows.Count, FinishedBefore = finishedBefore, Out = outputPath });
        }
        else
        {
            Console.Out.WriteLine($"{rows.Count} predictions in {outputPath} ({finishedBefore} of them from an earlier run).");
        }

        return ExitCode.Done;
    }
}
