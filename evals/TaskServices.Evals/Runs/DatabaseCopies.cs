using Microsoft.Data.Sqlite;

namespace TaskServices.Evals.Runs;

/// <summary>Private copies of the databases, so that nothing a run does can reach the user's files, and variants of them. Deleted on disposal.</summary>
internal sealed class DatabaseCopies : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-evals-");
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    private readonly Dictionary<string, IReadOnlyList<string>> _variants = new(StringComparer.Ordinal);

    /// <param name="originals">Database id → file.</param>
    /// <param name="variantCount">Copies with mutated data of each database, for test-suite accuracy.</param>
    /// <exception cref="EvaluationException"><c>DATABASE_UNREADABLE</c>: a file cannot be read, or the temporary folder is full.</exception>
    public DatabaseCopies(IReadOnlyDictionary<string, string> originals, int variantCount = 0)
    {
        foreach (var (id, original) in originals)
        {
            var copy = Path.Combine(_folder.CreateSubdirectory(id).FullName, id + ".sqlite");
            try
            {
                File.Copy(original, copy);
                if (File.Exists(original + "-wal"))
                    File.Copy(original + "-wal", copy + "-wal"); // committed rows may still be there
                _variants.Add(id, [.. Enumerable.Range(1, variantCount).Select(number => CreateVariant(copy, number))]);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
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

    /// <summary>Gets database id → copies with mutated data.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Variants => _variants;

    private static string CreateVariant(string copy, int number)
    {
        var path = Path.ChangeExtension(copy, $".{number}.sqlite");
        File.Copy(copy, path);
        if (File.Exists(copy + "-wal"))
            File.Copy(copy + "-wal", path + "-wal");
        DatabaseMutations.Apply(path, number);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
