using System.CommandLine;
using TaskServices.InvoiceOcr;
using TaskServices.TextToSql;

namespace TaskServices.Evals.Commands;

/// <summary>The whole command line of this program; <c>taskservices eval</c> hands its arguments to it.</summary>
internal static class EvaluationCommand
{
    /// <summary>Runs a command line and turns failures into one line on standard error and an exit code.</summary>
    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var root = new RootCommand("Evaluation suites: scores with confidence intervals, reports, comparisons, baselines.")
        {
            TextToSqlCommand.Create(),
            InferenceCommand.Create(),
            InvoiceOcrCommand.Create(),
            CompareCommand.Create(),
            ExplainCommand.Create(),
            FitCommand.Create(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message);
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
        catch (EvaluationException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Reason}: {exception.Message}");
            return ExitCodes.Environment;
        }
        catch (InvoiceOcrException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Reason}: {exception.Message}");
            return ExitCodes.Environment;
        }
        catch (TextToSqlException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Reason}: {exception.Message}");
            return ExitCodes.Environment;
        }
    }
}
