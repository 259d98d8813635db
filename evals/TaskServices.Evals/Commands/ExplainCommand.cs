using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using TaskServices.Evals.Reports;
using TaskServices.Evals.Runs;

namespace TaskServices.Evals.Commands;

/// <summary><c>eval explain</c>: shows one item of a run, or the failures by reason.</summary>
internal static class ExplainCommand
{
    private static readonly Argument<string> Run = new("run") { Description = "Run folder." };

    private static readonly Argument<string?> Id = new("id")
    {
        Description = "Item to show; without it, the failed items by reason.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<OutputFormat> Format = new("--format") { Description = "human or json." };

    public static Command Create()
    {
        var command = new Command("explain", "Shows one item of a run (question, gold, prediction, outcome), or the failures by reason.")
        {
            Run, Id, Format,
        };
        command.SetAction(Explain);
        return command;
    }

    private static int Explain(ParseResult arguments)
    {
        var items = RunFolder.ReadExamples(arguments.GetValue(Run)!);
        var id = arguments.GetValue(Id);
        var shown = items.Where(item => id is null ? item.Failure is not null : item.Id == id).ToList();
        if (id is not null && shown.Count == 0)
            throw new EvaluationException("UNKNOWN_ITEM", $"{arguments.GetValue(Run)}: has no item '{id}'; ids are in {RunFolder.ExamplesPath(arguments.GetValue(Run)!)}.");

        if (arguments.GetValue(Format) is OutputFormat.Json)
        {
            foreach (var item in shown)
                Console.Out.WriteLine(JsonSerializer.Serialize(item, Json.Line));
        }
        else if (id is not null)
        {
            TerminalReport.Write(AnsiConsole.Console, shown[0]);
        }
        else
        {
            TerminalReport.WriteFailures(AnsiConsole.Console, shown);
        }

        return ExitCodes.Done;
    }
}
