using System.CommandLine;
using System.CommandLine.Help;
using TaskServices.Cli.Commands;

namespace TaskServices.Cli;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    public static RootCommand Create()
    {
        var root = new RootCommand("TaskServices: questions in plain English answered from your own database by a small local model.")
        {
            GlobalOptions.Format,
            GlobalOptions.Verbose,
            DemoCommand.Create(),
            AskCommand.Create(),
            PredictSqlCommand.Create(),
            CheckSqlCommand.Create(),
            ExtractCommand.Create(),
            OcrCommand.Create(),
            ServeCommand.Create(),
            GenerateCommand.Create(),
            ModelCommand.Create(),
            ExternalCommands.CreateEval(),
            ExternalCommands.CreateTune(),
            ExternalCommands.CreateBench(),
            ExternalCommands.CreateTest(),
            AuditCommand.Create(),
            DoctorCommand.Create(),
        };
        ExampleHelpAction.SetExamples(
            root, "taskservices demo", "taskservices ask --database sqlite:shop.db \"How many customers are there?\"", "taskservices serve");
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelpAction((HelpAction)help.Action!);
        return root;
    }
}
