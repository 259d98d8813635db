using System.CommandLine;
using TaskServices.Cli.Terminal;

namespace TaskServices.Cli;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static Option<OutputFormat> Format { get; } = new("--format")
    {
        Description = "Output on stdout: text for people, or one JSON object per line.",
        HelpName = "human|json",
        Recursive = true,
    };

    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Log more on stderr, and show the whole exception when something unexpected happens.",
        Recursive = true,
    };
}
