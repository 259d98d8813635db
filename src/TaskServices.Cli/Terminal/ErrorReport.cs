using TaskServices.Inference;
using TaskServices.TextToSql;

namespace TaskServices.Cli.Terminal;

/// <summary>Turns an exception into one line on stderr (and one JSON object on stdout where that was asked for) and an exit code.</summary>
internal static class ErrorReport
{
    public static int Write(Exception exception, int? signalled, OutputFormat format, bool verbose)
    {
        if (exception is OperationCanceledException && signalled is { } exitCodeOfSignal)
        {
            Console.Error.WriteLine("taskservices: stopped.");
            return exitCodeOfSignal;
        }

        var (exitCode, reason, message) = Describe(exception);
        Console.Error.WriteLine($"taskservices: {CellText.OneLine(message)} [{reason}]");
        if (verbose)
        {
            Console.Error.WriteLine(exception);
        }

        if (format is OutputFormat.Json)
        {
            JsonLines.Write(new { error = new { reason, message } });
        }

        return exitCode;
    }

    private static (int ExitCode, string Reason, string Message) Describe(Exception exception) => exception switch
    {
        CliException cli => (cli.ExitCode, cli.Reason, cli.Message),
        TextToSqlException { Reason: "QUESTION_EMPTY" or "QUESTION_TOO_LONG" } error => (ExitCode.Usage, error.Reason, error.Message),
        TextToSqlException error => (ExitCode.Environment, error.Reason, error.Message),
        InferenceException error => (ExitCode.Environment, error.Reason, error.Message),
        FileNotFoundException { FileName: { } path } => (ExitCode.Environment, "FILE_NOT_FOUND", $"{path}: no such file. Check the path."),
        DirectoryNotFoundException => (ExitCode.Environment, "FOLDER_NOT_FOUND", exception.Message),
        UnauthorizedAccessException => (ExitCode.Environment, "ACCESS_DENIED", exception.Message),
        IOException => (ExitCode.Environment, "INPUT_OUTPUT_ERROR", exception.Message),
        _ => (ExitCode.Environment, "UNEXPECTED", $"something unexpected happened: {exception.Message} (--verbose shows the details)"),
    };
}
