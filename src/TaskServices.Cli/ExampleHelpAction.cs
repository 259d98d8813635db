using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace TaskServices.Cli;

/// <summary>The usual help, followed by the command's examples.</summary>
internal sealed class ExampleHelpAction(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly ConditionalWeakTable<Command, string[]> ExamplesOf = [];

    public override bool ClearsParseErrors => true;

    /// <summary>Gives a command its examples, each a whole line as typed.</summary>
    public static void SetExamples(Command command, params string[] examples) => ExamplesOf.Add(command, examples);

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        if (ExamplesOf.TryGetValue(parseResult.CommandResult.Command, out var examples))
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
        }

        return code;
    }
}
