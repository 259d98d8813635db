using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using TaskServices.Cli.Commands;
using TaskServices.Cli.Terminal;

namespace TaskServices.Cli;

/// <summary>Parses the arguments, runs one command and turns whatever happens into an exit code and at most one error line.</summary>
internal static class CommandLineProgram
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        TerminalOutput.UseUtf8();
        if (TryStartProgram(arguments) is { } programExitCode)
        {
            return programExitCode;
        }

        var root = CommandTree.Create();
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            return ReportUsage(parsed, root);
        }

        using var signals = new TerminationSignals();
        try
        {
            // Signals are ours: the library's handler would end a command that is still saving its work.
            var settings = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            var exitCode = await parsed.InvokeAsync(settings, signals.Token);
            return signals.ExitCode is ExitCode.Interrupted ? ExitCode.Interrupted : exitCode;
        }
        catch (Exception exception)
        {
            return ErrorReport.Write(exception, signals.ExitCode, parsed.GetValue(GlobalOptions.Format), parsed.GetValue(GlobalOptions.Verbose));
        }
    }

    private static int? TryStartProgram(string[] arguments)
    {
        try
        {
            return ExternalCommands.TryStart(arguments);
        }
        catch (CliException exception)
        {
            return ErrorReport.Write(exception, signalled: null, OutputFormat.Human, verbose: false);
        }
    }

    private static int ReportUsage(ParseResult parsed, RootCommand root)
    {
        // "taskservices" or "taskservices model" alone: the help is the answer, the exit code still says that nothing was done.
        if (parsed.Tokens.All(token => token.Type == TokenType.Command))
        {
            new HelpAction().Invoke(parsed);
            return ExitCode.Usage;
        }

        var command = parsed.CommandResult.Command;
        foreach (var message in parsed.Errors.Select(error => error.Message).Distinct().Take(5))
        {
            Console.Error.WriteLine("taskservices: " + CellText.OneLine(message));
        }

        // A mistyped option is taken for an argument where the command has one.
        var suspects = parsed.UnmatchedTokens.Concat(parsed.Tokens
            .Where(token => token.Type is TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
            .Select(token => token.Value));
        foreach (var token in suspects.Distinct())
        {
            if (NameSuggestion.For(token, command) is { } suggestion)
            {
                Console.Error.WriteLine($"taskservices: did you mean '{suggestion}'?");
            }
        }

        var path = string.Join(' ', parsed.CommandResult.Path());
        Console.Error.WriteLine($"taskservices: see 'taskservices {(path.Length > 0 ? path + " " : "")}--help'.");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> Path(this CommandResult result)
    {
        for (var at = result; at?.Parent is CommandResult parent; at = parent)
        {
            yield return at.Command.Name;
        }
    }
}
