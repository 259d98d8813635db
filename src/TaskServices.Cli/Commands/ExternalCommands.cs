using System.CommandLine;
using TaskServices.Cli.Terminal;

namespace TaskServices.Cli.Commands;

/// <summary>Commands that are programs of their own, so that what they load never sits beside <c>serve</c>.</summary>
internal static class ExternalCommands
{
    public static Command CreateEval()
    {
        var command = new Command("eval", "Measures answers against gold queries; arguments go to the evaluation program.") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parsed => StartEval([.. parsed.UnmatchedTokens]));
        ExampleHelpAction.SetExamples(
            command,
            "taskservices eval --help                   # what --help of the evaluation program says",
            "taskservices eval text-to-sql --help       # one suite's options");
        return command;
    }

    public static Command CreateTest()
    {
        var command = new Command("test", "Builds everything and runs the whole test suite; last line: N passed, N failed, N skipped.");
        command.SetAction(_ => ProcessReplacement.Start(RequireFile(RepositoryFolder.Combine("taskservices")), ["test"]));
        ExampleHelpAction.SetExamples(command, "taskservices test");
        return command;
    }

    /// <summary>Gets the arguments for the evaluation program where the line is its business as a whole, its own <c>--help</c> included.</summary>
    public static string[]? EvalArguments(string[] arguments) =>
        arguments is ["eval", _, ..] and not ["eval", "--help" or "-h" or "-?"] ? arguments[1..] : null;

    public static int StartEval(string[] arguments)
    {
        const string name = "TaskServices.Evals";
        string[] places =
        [
            Path.Combine(AppContext.BaseDirectory, name),
            // artifacts/bin/TaskServices.Cli/release/ and artifacts/bin/TaskServices.Evals/release/ are neighbours.
            Path.Combine(AppContext.BaseDirectory, "..", "..", name, new DirectoryInfo(AppContext.BaseDirectory).Name, name),
        ];
        var program = places.FirstOrDefault(File.Exists)
            ?? throw CliException.Environment("EVALS_NOT_BUILT", $"{name} is not built. Start through ./taskservices, which builds it.");
        return ProcessReplacement.Start(Path.GetFullPath(program), arguments);
    }

    private static string RequireFile(string path) => File.Exists(path) ? path : throw CliException.FileNotFound(path);
}
