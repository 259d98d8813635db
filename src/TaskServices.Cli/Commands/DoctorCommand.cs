using System.CommandLine;

namespace TaskServices.Cli.Commands;

/// <summary><c>doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Says what this machine has.");
        command.SetAction(int (_) => throw CliException.Environment("NOT_AVAILABLE", "doctor is not part of this build yet."));
        ExampleHelpAction.SetExamples(command, "taskservices doctor");
        return command;
    }
}
