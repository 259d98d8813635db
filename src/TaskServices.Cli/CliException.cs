namespace TaskServices.Cli;

/// <summary>Ends a command with an exit code and one line that says what is wrong and what to do.</summary>
internal sealed class CliException(int exitCode, string reason, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>Gets the machine-readable reason in UPPER_SNAKE_CASE.</summary>
    public string Reason { get; } = reason;

    public static CliException Usage(string message) => new(Cli.ExitCode.Usage, "USAGE", message);

    public static CliException FileNotFound(string path) =>
        new(Cli.ExitCode.Environment, "FILE_NOT_FOUND", $"{path}: no such file. Check the path.");

    public static CliException Environment(string reason, string message) => new(Cli.ExitCode.Environment, reason, message);
}
