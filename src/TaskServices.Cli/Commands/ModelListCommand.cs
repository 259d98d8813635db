using System.CommandLine;
using TaskServices.Cli.Terminal;
using TaskServices.Inference.Models;

namespace TaskServices.Cli.Commands;

/// <summary><c>model list</c>: the imported models of the cache.</summary>
internal static class ModelListCommand
{
    public static Command Create()
    {
        var cache = new Option<string?>("--cache") { Description = "Folder for imported models. Default: $XDG_CACHE_HOME/taskservices, or ~/.cache/taskservices.", HelpName = "DIR" };
        var command = new Command("list", "Lists the imported models of the cache.") { cache };
        command.SetAction(parsed =>
        {
            var store = new ModelStore(parsed.GetValue(cache));
            var directories = store.List();
            var format = parsed.GetValue(GlobalOptions.Format);
            if (directories.Count is 0 && format is OutputFormat.Human)
            {
                Console.Out.WriteLine($"No models in {store.Folder} yet; the first question imports the bundled one.");
                return ExitCode.Done;
            }

            ModelListing.Write(directories, format);
            return ExitCode.Done;
        });
        ExampleHelpAction.SetExamples(command, "taskservices model list", "taskservices model list --format json");
        return command;
    }
}
