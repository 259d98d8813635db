using System.CommandLine;

namespace TaskServices.Cli.Commands;

/// <summary><c>serve</c></summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Serves gRPC and REST on the loopback interface.");
        command.SetAction(int (_) => throw CliException.Environment("NOT_AVAILABLE", "serve is not part of this build yet."));
        ExampleHelpAction.SetExamples(command, "taskservices serve");
        return command;
    }
}
