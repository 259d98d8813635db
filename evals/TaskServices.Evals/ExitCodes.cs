namespace TaskServices.Evals;

/// <summary>Exit codes of the command line.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A check failed, for example a baseline.</summary>
    public const int No = 1;

    public const int Usage = 2;

    /// <summary>A file or model is missing or unreadable.</summary>
    public const int Environment = 3;

    /// <summary>Ctrl-C, as shells report it.</summary>
    public const int Interrupted = 130;
}
