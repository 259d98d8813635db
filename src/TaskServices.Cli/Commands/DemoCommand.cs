using System.CommandLine;

namespace TaskServices.Cli.Commands;

/// <summary><c>demo</c></summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var command = new Command("demo", "Answers ten questions on a bundled real database.");
        command.SetAction(int (_) => throw CliException.Environment("NOT_AVAILABLE", "demo is not part of this build yet."));
        ExampleHelpAction.SetExamples(command, "taskservices demo");
        return command;
    }
}
