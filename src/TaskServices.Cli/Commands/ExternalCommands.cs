using System.CommandLine;
using TaskServices.Cli.Terminal;

namespace TaskServices.Cli.Commands;

/// <summary>Commands that are programs of their own, so that what they load never sits beside <c>serve</c>.</summary>
internal static class ExternalCommands
{
    private const string EvaluationProgram = "TaskServices.Evals";
    private const string TuningProgram = "TaskServices.Tuning";
    private const string BenchmarkProgram = "TaskServices.Benchmarks";

    public static Command CreateEval()
    {
        var command = new Command("eval", "Measures answers against gold queries; arguments go to the evaluation program.") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parsed => StartProgram(EvaluationProgram, [.. parsed.UnmatchedTokens]));
        ExampleHelpAction.SetExamples(
            command,
            "taskservices eval --help                   # what --help of the evaluation program says",
            "taskservices eval text-to-sql --help       # one suite's options");
        return command;
    }

    public static Command CreateTune()
    {
        var command = new Command("tune", "Fine-tunes an adapter; arguments go to the tuning program.") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parsed => StartProgram(TuningProgram, [.. parsed.UnmatchedTokens]));
        ExampleHelpAction.SetExamples(
            command,
            "taskservices tune text-to-sql --help",
            "taskservices tune text-to-sql --data questions.jsonl --databases databases --out runs/mine");
        return command;
    }

    public static Command CreateBench()
    {
        var command = new Command("bench", "Measures latency and throughput, side by side with a peer; arguments go to the benchmark program.") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parsed => StartProgram(BenchmarkProgram, [.. parsed.UnmatchedTokens]));
        ExampleHelpAction.SetExamples(
            command,
            "taskservices bench inference",
            "taskservices bench inference --bits 4 --peer node-llama-cpp --format json",
            "taskservices bench micro --filter '*Tokenizer*'");
        return command;
    }

    public static Command CreateTest()
    {
        var command = new Command("test", "Builds everything and runs the whole test suite; last line: N passed, N failed, N skipped.");
        command.SetAction(_ => ProcessReplacement.Start(RequireFile(RepositoryFolder.Combine("taskservices")), ["test"]));
        ExampleHelpAction.SetExamples(command, "taskservices test");
        return command;
    }

    /// <summary>Starts the program whose business the line is as a whole, its own <c>--help</c> included; null where it is none's.</summary>
    public static int? TryStart(string[] arguments) => arguments switch
    {
        [_, "--help" or "-h" or "-?"] => null,
        ["eval", _, ..] => StartProgram(EvaluationProgram, arguments[1..]),
        ["tune", _, ..] => StartProgram(TuningProgram, arguments[1..]),
        ["bench", _, ..] => StartProgram(BenchmarkProgram, arguments[1..]),
        _ => null,
    };

    private static int StartProgram(string name, string[] arguments)
    {
        string[] places =
        [
            Path.Combine(AppContext.BaseDirectory, name),
            // artifacts/bin/TaskServices.Cli/release/ and artifacts/bin/<name>/release/ are neighbours.
            Path.Combine(AppContext.BaseDirectory, "..", "..", name, new DirectoryInfo(AppContext.BaseDirectory).Name, name),
        ];
        var program = places.FirstOrDefault(File.Exists)
            ?? throw CliException.Environment("PROGRAM_NOT_BUILT", $"{name} is not built. Start through ./taskservices, which builds it.");
        return ProcessReplacement.Start(Path.GetFullPath(program), arguments);
    }

    private static string RequireFile(string path) => File.Exists(path) ? path : throw CliException.FileNotFound(path);
}
