namespace TaskServices.Cli;

/// <summary>Finds what is bundled with the program: models, examples, the launcher.</summary>
internal static class RepositoryFolder
{
    /// <summary>Gets the nearest folder above the program that holds <c>models/</c>: the repository, or an installation folder.</summary>
    public static string Root { get; } = FindAbove(AppContext.BaseDirectory) ?? AppContext.BaseDirectory;

    public static string Combine(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string? FindAbove(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "models")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
