using System.CommandLine;
using TaskServices.Inference;

namespace TaskServices.Benchmarks.Commands;

/// <summary>The whole command line of this program; <c>taskservices bench</c> hands its arguments to it.</summary>
internal static class BenchmarkCommand
{
    /// <summary>Runs a command line and turns failures into one line on standard error and an exit code.</summary>
    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var root = new RootCommand("Benchmarks: latency and throughput, side by side with a peer.")
        {
            InferenceCommand.Create(),
            MicroCommand.Create(),
            WorkerCommandLine.Create(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (BenchmarkException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Reason}: {exception.Message}");
            return ExitCodes.Environment;
        }
        catch (InferenceException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Reason}: {exception.Message}");
            return ExitCodes.Environment;
        }
    }
}
