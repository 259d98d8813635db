namespace TaskServices.Evals.Runs;

/// <summary>Private copies of the databases, so that nothing a run does can reach the user's files. Deleted on disposal.</summary>
internal sealed class DatabaseCopies : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-evals-");
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    /// <param name="originals">Database id → file.</param>
    /// <exception cref="EvaluationException"><c>DATABASE_UNREADABLE</c>: a file cannot be read, or the temporary folder is full.</exception>
    public DatabaseCopies(IReadOnlyDictionary<string, string> originals)
    {
        foreach (var (id, original) in originals)
        {
            var copy = Path.Combine(_folder.CreateSubdirectory(id).FullName, id + ".sqlite");
            try
            {
                File.Copy(original, copy);
                if (File.Exists(original + "-wal"))
                    File.Copy(original + "-wal", copy + "-wal"); // committed rows may still be there
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Dispose();
                throw new EvaluationException(
                    "DATABASE_UNREADABLE", $"{original}: cannot be copied to {_folder.FullName}: {exception.Message}", exception);
            }

            _paths.Add(id, copy);
        }
    }

    /// <summary>Gets database id → copy.</summary>
    public IReadOnlyDictionary<string, string> Paths => _paths;

    public void Dispose() => _folder.Delete(recursive: true);
}
