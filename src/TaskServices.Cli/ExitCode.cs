namespace TaskServices.Cli;

/// <summary>Exit codes of every command; scripts rely on them.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The task's answer is "no": refused, abstained, a check failed.</summary>
    public const int No = 1;

    public const int Usage = 2;

    /// <summary>A file, a server or the model is missing or unusable.</summary>
    public const int Environment = 3;

    /// <summary>Ended by Ctrl-C, as shells report it (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM (128 + 15).</summary>
    public const int Terminated = 143;
}
