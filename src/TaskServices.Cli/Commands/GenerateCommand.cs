using System.CommandLine;

namespace TaskServices.Cli.Commands;

/// <summary><c>generate</c></summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var command = new Command("generate", "Completes a prompt with the bare model.");
        command.SetAction(int (_) => throw CliException.Environment("NOT_AVAILABLE", "generate is not part of this build yet."));
        ExampleHelpAction.SetExamples(command, "taskservices generate");
        return command;
    }
}
