using System.CommandLine;
using F23.StringSimilarity;

namespace TaskServices.Cli;

/// <summary>Finds the command or option that a mistyped word most likely means.</summary>
internal static class NameSuggestion
{
    private static readonly Damerau EditDistance = new();

    /// <returns>The nearest name within a third of the word's length, or null.</returns>
    public static string? For(string word, Command command)
    {
        var names = word.StartsWith('-')
            ? command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)))
                .Select(option => option.Name)
            : command.Subcommands.Where(subcommand => !subcommand.Hidden).Select(subcommand => subcommand.Name);
        return names
            .Select(name => (name, distance: Distance(word, name)))
            .Where(candidate => candidate.distance <= Math.Max(1, candidate.name.Length / 3.0))
            .OrderBy(candidate => candidate.distance).ThenBy(candidate => candidate.name, StringComparer.Ordinal)
            .Select(candidate => candidate.name).FirstOrDefault();
    }

    // A long pasted text is no misspelling, and the distance is quadratic.
    private static double Distance(string word, string name) =>
        word.Length > 64 ? double.MaxValue : EditDistance.Distance(word.ToLowerInvariant(), name);
}
