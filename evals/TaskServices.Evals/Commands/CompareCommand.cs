using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using TaskServices.Evals.Reports;
using TaskServices.Evals.Runs;
using TaskServices.Evals.Statistics;

namespace TaskServices.Evals.Commands;

/// <summary><c>eval compare</c>: is one run better than another, or is it chance?</summary>
internal static class CompareCommand
{
    private static readonly Argument<string> First = new("run-a") { Description = "Folder of the first run." };

    private static readonly Argument<string> Second = new("run-b") { Description = "Folder of the second run." };

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the bootstrap.", DefaultValueFactory = _ => 1 };

    private static readonly Option<OutputFormat> Format = new("--format") { Description = "human or json." };

    public static Command Create()
    {
        var command = new Command(
            "compare", "Difference of two runs on the items that both have: paired bootstrap over databases and McNemar's exact test.")
        {
            First, Second, Seed, Format,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var (first, second) = (arguments.GetValue(First)!, arguments.GetValue(Second)!);
        var comparison = PairedComparison.Compare(
            RunFolder.ReadExamples(first).ToDictionary(item => item.Id, item => item.Correct), [.. RunFolder.ReadExamples(second)], arguments.GetValue(Seed));
        if (comparison.Count == 0)
            throw new EvaluationException("RUNS_DISJOINT", $"{first} and {second} have no item in common; compare runs over the same questions.");
        if (arguments.GetValue(Format) is OutputFormat.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(comparison, Json.Line));
        else
            TerminalReport.Write(AnsiConsole.Console, first, second, comparison);
        return ExitCodes.Done;
    }
}
