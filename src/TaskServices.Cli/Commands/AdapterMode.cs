using System.CommandLine;

namespace TaskServices.Cli.Commands;

/// <summary><c>--adapter-mode</c>: which of the two ways to use an adapter a command takes.</summary>
internal static class AdapterMode
{
    /// <summary>Added to the weights by an import of its own: costs nothing while it runs.</summary>
    public const string Merged = "merged";

    /// <summary>Loaded beside the base model, which other adapters can share.</summary>
    public const string RunTime = "runtime";

    public static Option<string> CreateOption(string defaultMode)
    {
        var option = new Option<string>("--adapter-mode")
        {
            Description = $"{Merged}: added to the weights at import; {RunTime}: beside the base model, added to each product. Default: {defaultMode}.",
            HelpName = "MODE",
            DefaultValueFactory = _ => defaultMode,
        };
        option.AcceptOnlyFromAmong(Merged, RunTime);
        return option;
    }
}
