using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TaskServices.Evals.Datasets;
using TaskServices.Evals.Execution;
using TaskServices.Evals.Fitting;
using TaskServices.Evals.Metrics;
using TaskServices.Evals.Runs;

namespace TaskServices.Evals.Commands;

/// <summary><c>eval fit-selection</c>: fits how candidates are judged, for one adapter.</summary>
internal static class FitCommand
{
    private static readonly Option<string[]> Questions = new("--questions")
    {
        Description = "Questions of databases that the adapter was not trained on, rows {id, db_id, question, query}; without query where the schema lacks the answer. May be repeated.",
        Required = true,
    };

    private static readonly Option<string[]> Databases = new("--databases") { Description = "Folders with <db_id>/<db_id>.sqlite, searched in order.", Required = true };

    private static readonly Option<string> Candidates = new("--candidates") { Description = "File that keeps what the model wrote; what stands in it is not asked again.", Required = true };

    private static readonly Option<string?> Out = new("--out") { Description = "Where the fitted numbers go: src/TaskServices.TextToSql/Generation/Selection/selection-model.json. Without it nothing is written." };

    private static readonly Option<int?> Limit = new("--limit") { Description = "Take only the first N questions of each file." };

    private static readonly Option<double> Penalty = new("--penalty") { Description = "How strongly the weights are held to what they are believed to be.", DefaultValueFactory = _ => 300 };

    private static readonly Option<double> SureAt = new("--sure-at") { Description = "Probability from which the first choice is taken alone.", DefaultValueFactory = _ => 0.7 };

    private static readonly Option<string?> Model = new("--model") { Description = "GGUF file or model folder; the bundled model if left out." };

    private static readonly Option<string?> Adapter = new("--adapter") { Description = "PEFT folder; the bundled adapter if left out." };

    public static Command Create()
    {
        var command = new Command("fit-selection", "Fits how text-to-SQL candidates are judged and how sure the answer is, and cross-validates it by database.")
        {
            Questions, Databases, Candidates, Out, Limit, Penalty, SureAt, Model, Adapter,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var log = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var questions = arguments.GetValue(Questions)!
            .SelectMany(path => QuestionRow.ReadAll(path).Take(arguments.GetValue(Limit) ?? int.MaxValue)).ToList();
        using var copies = new DatabaseCopies(new DatabaseFolders(arguments.GetValue(Databases)!).Resolve(
            [.. questions.Select(row => row.ToExample())]));
        var (pipeline, _) = await Composition.OpenPipelineAsync(copies.Paths, arguments.GetValue(Model), arguments.GetValue(Adapter), cancellationToken);
        await using var owned = pipeline;
        var collector = new CandidateCollector(pipeline, new ExampleScorer(copies.Paths, new Dictionary<string, IReadOnlyList<string>>(), new ExecutionLimits(TimeSpan.FromSeconds(10)), keepDistinct: false));
        var rows = await log.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var progress = context.AddTask("candidates", maxValue: questions.Count);
                return collector.CollectAsync(questions, arguments.GetValue(Candidates)!, () => progress.Increment(1), cancellationToken);
            });

        var (penalty, sureAt) = (arguments.GetValue(Penalty), arguments.GetValue(SureAt));
        var outcome = SelectionFit.CrossValidate(rows, penalty, sureAt);
        Report(outcome);
        if (arguments.GetValue(Out) is { } path)
        {
            var command = EvaluationDefaults.CommandLine(arguments.Tokens.Select(token => token.Value));
            RunFolder.WriteAtomically(path, (SelectionFit.Fit(rows, penalty, sureAt, command) with { AnswerableAt = Math.Round(outcome.AnswerableAt, 3), NinetyPercentAt = Math.Round(outcome.NinetyPercentAt, 3) }).ToJson() + "\n");
        }

        return ExitCodes.Done;
    }

    private static void Report(SelectionOutcome outcome)
    {
        var items = outcome.Answerable;
        (double Confidence, bool Correct)[] judged = [.. items.Select(one => (one.Confidence, one.Correct))];
        double Share(Func<JudgedQuestion, bool> condition) => (double)items.Count(condition) / items.Count;
        var curve = RiskCoverage.Curve(judged);
        var operating = RiskCoverage.LargestCoverage(curve, 0.9);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"""
             answerable questions               {items.Count}
             first choice right                 {Share(one => one.FirstCorrect):P1}
             some candidate right               {Share(one => one.AnyCorrect):P1}
             chosen right, cross-validated      {Share(one => one.Correct):P1}
             compared with rivals               {Share(one => one.Compared):P1}
             calibration error (ECE)            {Calibration.ExpectedError(Calibration.Bins(judged)):P1}
             area under risk-coverage           {RiskCoverage.Area(curve):0.000}
             coverage where 90 % are right      {operating?.Coverage ?? 0:P1} at confidence {operating?.Threshold ?? 1:0.000}
             """));
        if (outcome.Abstention(0.1) is { } abstention)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"unanswerable questions turned away {abstention.Recall:P1} at probability {abstention.Threshold:0.000}, where 10 % of the answerable ones are"));
        }
    }
}
