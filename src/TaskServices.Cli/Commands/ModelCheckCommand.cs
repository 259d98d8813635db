using System.CommandLine;
using System.Globalization;
using TaskServices.Cli.Terminal;
using TaskServices.Inference.Models;

namespace TaskServices.Cli.Commands;

/// <summary><c>model check</c>: the logits of a model against those of a reference implementation.</summary>
internal static class ModelCheckCommand
{
    private const int ReferenceBits = 32;

    public static Command Create()
    {
        var directory = new Argument<string>("model") { Description = "Imported folder, or a source, which is imported at 32 bits.", HelpName = "DIR" };
        var expected = new Argument<string>("expected") { Description = "Prompts with reference logits and greedy continuations.", HelpName = "EXPECTED.json" };
        var adapter = new Option<string?>("--adapter") { Description = "LoRA adapter folder (PEFT).", HelpName = "DIR" };
        var mode = AdapterMode.CreateOption(AdapterMode.RunTime);
        var cache = new Option<string?>("--cache") { Description = "Folder for imported models.", HelpName = "DIR" };
        var command = new Command("check", "Compares a model with reference logits; 1 when it differs.") { directory, expected, adapter, mode, cache };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(directory);
            var choice = ModelChoice.From(path, parsed.GetValue(adapter), parsed.GetValue(cache)) with
            {
                AdapterAtRunTime = parsed.GetValue(mode) == AdapterMode.RunTime,
            };
            var model = await ImportedModel.GetDirectoryAsync(choice, ReferenceBits, cancellationToken);
            var isAdapted = choice.AdapterName is not null;
            using var session = ModelSession.Open(
                model, new ModelSessionOptions { SlotCount = 1, Provider = ExecutionProviderChoice.Cpu, TakesAdapters = isAdapted });
            var checkedSession = isAdapted ? session.WithAdapter(choice.AdapterPath!) : session;
            var result = ModelCheck.Run(checkedSession, parsed.GetRequiredValue(expected), ModelCheck.FindPaddingToken(model));
            Write(result, parsed.GetValue(GlobalOptions.Format));
            return result.Passed ? ExitCode.Done : ExitCode.No;
        });
        ExampleHelpAction.SetExamples(
            command,
            "taskservices model check /tmp/llama expected.json",
            "taskservices model check /tmp/llama expected.json --adapter my-adapter",
            "taskservices model check /tmp/llama expected.json --adapter my-adapter --adapter-mode merged");
        return command;
    }

    private static void Write(ModelCheckResult result, OutputFormat format)
    {
        if (format is OutputFormat.Json)
        {
            JsonLines.Write(result);
        }
        else
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(result.Passed ? "passed" : "FAILED")}: {result.Cases} cases, worst error {result.WorstErrorInStd:0.######} standard deviations, {result.GreedyMatches} greedy continuations and {result.FirstTokenMatches} first tokens alike"));
        }
    }
}
