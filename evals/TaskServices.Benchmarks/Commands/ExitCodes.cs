namespace TaskServices.Benchmarks.Commands;

/// <summary>Exit codes of the command line.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    public const int Usage = 2;

    /// <summary>A program, file or model is missing or unusable.</summary>
    public const int Environment = 3;

    /// <summary>Ctrl-C, as shells report it.</summary>
    public const int Interrupted = 130;
}
