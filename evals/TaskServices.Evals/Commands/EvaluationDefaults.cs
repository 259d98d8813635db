namespace TaskServices.Evals.Commands;

/// <summary>Where the bundled data lies.</summary>
internal static class EvaluationDefaults
{
    /// <summary>Finds a path below <c>evals/</c> of the repository that holds this program; relative to the current folder elsewhere.</summary>
    public static string InEvals(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "evals", "datasets")))
                return Path.Combine([folder.FullName, "evals", .. parts]);
        }

        return Path.Combine(["evals", .. parts]);
    }

    /// <summary>Writes a command line so that a shell reads it back.</summary>
    public static string CommandLine(IEnumerable<string> arguments) =>
        "taskservices eval " + string.Join(' ', arguments.Select(argument =>
            argument.Length > 0 && argument.All(character => char.IsAsciiLetterOrDigit(character) || "-_./=:,".Contains(character, StringComparison.Ordinal))
                ? argument
                : "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
}
