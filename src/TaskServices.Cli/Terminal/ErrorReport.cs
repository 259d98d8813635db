using TaskServices.Inference;
using TaskServices.InvoiceOcr;
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

        var (reason, message) = Describe(exception);
        Console.Error.WriteLine($"taskservices: {CellText.OneLine(message)} [{reason}]");
        if (verbose)
        {
            Console.Error.WriteLine(exception);
        }

        if (format is OutputFormat.Json)
        {
            JsonLines.Write(new { error = new { reason, message } });
        }

        return ExitCodeOf(exception);
    }

    /// <summary>Gets the reason and the line for a person.</summary>
    public static (string Reason, string Message) Describe(Exception exception) => exception switch
    {
        CliException error => (error.Reason, error.Message),
        TextToSqlException error => (error.Reason, error.Message),
        InferenceException error => (error.Reason, error.Message),
        InvoiceOcrException error => (error.Reason, error.Message),
        FileNotFoundException { FileName: { } path } => ("FILE_NOT_FOUND", $"{path}: no such file. Check the path."),
        DirectoryNotFoundException => ("FOLDER_NOT_FOUND", exception.Message),
        UnauthorizedAccessException => ("ACCESS_DENIED", exception.Message),
        IOException => ("INPUT_OUTPUT_ERROR", exception.Message),
        _ => ("UNEXPECTED", $"something unexpected happened: {exception.Message} (--verbose shows the details)"),
    };

    private static int ExitCodeOf(Exception exception) => exception switch
    {
        CliException error => error.ExitCode,
        TextToSqlException { Reason: "QUESTION_EMPTY" or "QUESTION_TOO_LONG" or "QUESTION_HAS_CONTROL_CHARACTERS" } => ExitCode.Usage,
        // The document is at fault, not the machine: the answer is no.
        InvoiceOcrException { Reason: ['D', 'O', 'C', 'U', 'M', 'E', 'N', 'T', '_', ..] } => ExitCode.No,
        _ => ExitCode.Environment,
    };
}
