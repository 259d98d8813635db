namespace TaskServices.Testing;

/// <summary>Finds files of the repository and, where it is present, of the reference folder beside it.</summary>
public static class TestFiles
{
    /// <summary>Gets the repository's root folder.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Gets a path below the repository's root.</summary>
    public static string InRepository(params string[] parts) => Path.Combine([RepositoryRoot, .. parts]);

    /// <summary>Gets a path in <c>../shared</c> of the repository, or null where it is absent: the test then says that it skips.</summary>
    public static string? TryShared(params string[] parts)
    {
        var path = Path.Combine([RepositoryRoot, "..", "shared", .. parts]);
        return Path.Exists(path) ? Path.GetFullPath(path) : null;
    }

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TaskServices.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("TaskServices.sln was not found above " + AppContext.BaseDirectory + ".");
    }
}
