using System.CommandLine;

namespace TaskServices.Cli.Commands;

/// <summary><c>model</c></summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var command = new Command("model", "Imports, checks and lists models.");
        command.SetAction(int (_) => throw CliException.Environment("NOT_AVAILABLE", "model is not part of this build yet."));
        ExampleHelpAction.SetExamples(command, "taskservices model");
        return command;
    }
}
