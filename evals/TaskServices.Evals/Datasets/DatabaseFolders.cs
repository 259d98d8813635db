using System.Security.Cryptography;

namespace TaskServices.Evals.Datasets;

/// <summary>Finds <c>&lt;db_id&gt;/&lt;db_id&gt;.sqlite</c> in folders that are searched in order.</summary>
internal sealed class DatabaseFolders(IReadOnlyList<string> folders)
{
    /// <summary>Finds the file of each database that the examples name.</summary>
    /// <exception cref="EvaluationException"><c>FOLDER_NOT_FOUND</c>, <c>UNKNOWN_DATABASE</c>.</exception>
    public IReadOnlyDictionary<string, string> Resolve(IReadOnlyList<Example> examples)
    {
        foreach (var folder in folders)
        {
            if (!Directory.Exists(folder))
            {
                throw new EvaluationException("FOLDER_NOT_FOUND", $"{folder}: no such folder; check --databases.");
            }
        }

        var paths = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var example in examples)
        {
            if (!paths.ContainsKey(example.DatabaseId))
            {
                paths.Add(example.DatabaseId, Find(example));
            }
        }

        return paths;
    }

    /// <summary>SHA-256 of a file, in lower-case hexadecimal.</summary>
    public static string HashFile(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private string Find(Example example)
    {
        var name = example.DatabaseId;
        if (name is "." or ".." || name.AsSpan().ContainsAny('/', '\\', '\0'))
        {
            throw new EvaluationException("UNKNOWN_DATABASE", $"{example.Id}: db_id '{name}' is not a plain name.");
        }

        return folders.Select(folder => Path.Combine(folder, name, name + ".sqlite")).FirstOrDefault(File.Exists)
            ?? throw new EvaluationException(
                "UNKNOWN_DATABASE",
                $"{example.Id}: {name}/{name}.sqlite is in none of the database folders ({string.Join(", ", folders)}); name its folder with --databases.");
    }
}
