using System.CommandLine;

namespace TaskServices.Cli.Commands;

/// <summary><c>model</c>: what is about models and not about a task.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var command = new Command("model", "Imports, checks, lists and plans models, and shows what their tokenizers do.")
        {
            ModelImportCommand.Create(),
            ModelCheckCommand.Create(),
            ModelListCommand.Create(),
            ModelPlanCommand.Create(),
            ModelTokenizeCommand.Create(),
        };
        ExampleHelpAction.SetExamples(command, "taskservices model list", "taskservices model import --help");
        return command;
    }
}
