using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TaskServices.Cli.Terminal;
using TaskServices.Inference;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Cli.Commands;

/// <summary><c>demo</c>: the questions of a file on a bundled real database. Nothing about the answers is stored anywhere.</summary>
internal static class DemoCommand
{
    private const int MaxTableRows = 5;

    public static Command Create()
    {
        var questions = new Option<string>("--questions")
        {
            Description = "Questions, one a line; lines that begin with # are comments.",
            HelpName = "FILE",
            DefaultValueFactory = _ => RepositoryFolder.Combine("examples", "chinook", "questions.txt"),
        };
        var database = new Option<string>("--database") { Description = "Database to ask.", HelpName = "URL", DefaultValueFactory = _ => DatabaseList.Chinook.Value };
        var model = new ModelOptions();
        var command = new Command("demo", "Answers ten questions on a bundled real database, refusals included.") { questions, database };
        model.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            ReadQuestions(parsed.GetRequiredValue(questions)), parsed.GetRequiredValue(database), model.Read(parsed),
            parsed.GetValue(GlobalOptions.Format), cancellationToken));
        ExampleHelpAction.SetExamples(command, "taskservices demo", "taskservices demo --questions my-questions.txt --database sqlite:shop.db");
        return command;
    }

    private static List<string> ReadQuestions(string path) => !File.Exists(path)
        ? throw CliException.FileNotFound(path)
        : [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] is not '#')];

    private static async Task<int> RunAsync(
        List<string> questions, string database, ModelChoice model, OutputFormat format, CancellationToken cancellationToken)
    {
        const string name = "demo";
        await using var session = await Composition.OpenTextToSqlAsync(
            model, new Dictionary<string, string> { [name] = database }, cancellationToken);
        var steps = new List<Step>();
        foreach (var question in questions)
        {
            if (format is OutputFormat.Human)
            {
                TerminalOutput.Out.WriteLine();
                TerminalOutput.Out.Write(new Text($"{steps.Count + 1}. {CellText.OneLine(question)}", new Style(decoration: Decoration.Bold)));
                TerminalOutput.Out.WriteLine();
            }

            steps.Add(await AskAsync(session.TextToSql, name, question, format, cancellationToken));
        }

        if (format is OutputFormat.Human)
        {
            WriteSummary(steps);
        }

        return ExitCode.Done;
    }

    // A question that fails is shown as it failed; the others still run.
    private static async Task<Step> AskAsync(
        ITextToSql textToSql, string database, string question, OutputFormat format, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await Answer.AskAsync(textToSql, database, question, QueryLimits.Default, cancellationToken);
            AnswerPrinter.Write(answer, format, MaxTableRows);
            return new(question, AnswerPrinter.StatusName(answer.Prediction.Status), answer);
        }
        catch (Exception exception) when (exception is TextToSqlException or InferenceException)
        {
            var (reason, message) = ErrorReport.Describe(exception);
            if (format is OutputFormat.Json)
            {
                JsonLines.Write(new { question, status = PredictionStatus.Error, reason, message });
            }
            else
            {
                TerminalOutput.Out.Write(new Text($"ERROR [{reason}] {CellText.OneLine(message)}", new Style(Color.Red)));
                TerminalOutput.Out.WriteLine();
            }

            return new(question, "ERROR", null);
        }
    }

    private static void WriteSummary(List<Step> steps)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle("Summary") };
        table.AddColumns("#", "question", "outcome", "rows", "time", "tokens");
        foreach (var (index, step) in steps.Index())
        {
            var prediction = step.Answer?.Prediction;
            table.AddRow(
                new Text((index + 1).ToString(CultureInfo.InvariantCulture)),
                new Text(CellText.OneLine(step.Question)),
                new Text(prediction?.Reason is { } reason ? $"{step.Outcome} [{reason}]" : step.Outcome),
                new Text(prediction?.Status is PredictionStatus.Answered ? step.Answer!.Rows.Count.ToString(CultureInfo.InvariantCulture) : ""),
                new Text(prediction is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{prediction.Duration.TotalSeconds:0.00} s")),
                new Text(prediction is null ? "" : $"{prediction.PromptTokenCount} + {prediction.CompletionTokenCount}"));
        }

        TerminalOutput.Out.WriteLine();
        TerminalOutput.Out.Write(table);
        var answered = steps.Count(step => step.Answer?.Prediction.Status is PredictionStatus.Answered);
        TerminalOutput.Out.WriteLine(
            $"{steps.Count} questions: {answered} answered, {steps.Count - answered} refused, abstained or failed. Answers are the small model's own and can be wrong.");
    }

    private sealed record Step(string Question, string Outcome, Answer? Answer);
}
