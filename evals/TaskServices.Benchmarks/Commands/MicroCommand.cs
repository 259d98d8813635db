using System.CommandLine;
using BenchmarkDotNet.Running;

namespace TaskServices.Benchmarks.Commands;

/// <summary><c>micro</c>: BenchmarkDotNet over the parts.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var command = new Command("micro", "Measures single parts with BenchmarkDotNet; arguments go to it, for example --filter '*Tokenizer*'.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(parsed =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run([.. parsed.UnmatchedTokens]);
            return ExitCodes.Done;
        });
        return command;
    }
}
