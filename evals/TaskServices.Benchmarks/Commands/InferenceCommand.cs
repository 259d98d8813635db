using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using TaskServices.Benchmarks.Contenders;
using TaskServices.Benchmarks.Inference;

namespace TaskServices.Benchmarks.Commands;

/// <summary><c>bench inference</c>: speed, memory and start of the inference host, beside a peer's where one is named.</summary>
internal static class InferenceCommand
{
    private static readonly Option<string?> Peer = new("--peer") { Description = "Peer to measure in the same run: node-llama-cpp." };

    private static readonly Option<string?> Model = new("--model") { Description = "GGUF file or model folder; the bundled model otherwise." };

    private static readonly Option<string?> Adapter = new("--adapter") { Description = "PEFT folder, or 'none'; the bundled adapter beside the bundled model otherwise." };

    private static readonly Option<int> Bits = new("--bits") { Description = "Bits of a weight, of both contenders.", DefaultValueFactory = _ => 8 };

    private static readonly Option<int> Threads = new("--threads") { Description = "Threads of each contender.", DefaultValueFactory = _ => 2 };

    private static readonly Option<int> Rounds = new("--rounds") { Description = "Measured rounds; medians are reported.", DefaultValueFactory = _ => 5 };

    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of the prompts.", DefaultValueFactory = _ => 1 };

    private static readonly Option<OutputFormat> Format = new("--format") { Description = "human or json." };

    private enum OutputFormat
    {
        Human,
        Json,
    }

    public static Command Create()
    {
        Peer.AcceptOnlyFromAmong(NodeLlamaCpp.Name);
        Bits.AcceptOnlyFromAmong("4", "8");
        AtLeastOne(Threads);
        AtLeastOne(Rounds);
        var command = new Command(
            "inference",
            $"Prefill of {Workload.PrefillTokens} tokens, decoding of {Workload.DecodedTokens} after {Workload.PromptTokens}, {Workload.Requests} requests on one cached prefix, "
            + "time to first token, memory, load. Contenders run in turns; figures are medians; ratio = ours ÷ peer.")
        {
            Peer, Model, Adapter, Bits, Threads, Rounds, Seed, Format,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var settings = new BenchmarkSettings(
            arguments.GetValue(Model),
            arguments.GetValue(Adapter),
            arguments.GetValue(Bits),
            arguments.GetValue(Threads),
            arguments.GetValue(Rounds),
            arguments.GetValue(Seed),
            arguments.GetValue(Peer) is not null);
        var (rows, contenders) = await ProgressDisplay.RunAsync("benchmark", report => BenchmarkRun.RunAsync(settings, report, cancellationToken));
        if (arguments.GetValue(Format) is OutputFormat.Json)
        {
            foreach (var row in rows)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(row, MetricTable.Json));
            }

            await Console.Error.WriteLineAsync(string.Join("; ", contenders));
        }
        else
        {
            MetricTable.Write(AnsiConsole.Console, rows, contenders);
        }

        return ExitCodes.Done;
    }

    private static void AtLeastOne(Option<int> option) => option.Validators.Add(result =>
    {
        if (result.Errors.Any() || result.GetValueOrDefault<int>() < 1)
        {
            result.AddError($"{option.Name} must be a number from 1.");
        }
    });
}
