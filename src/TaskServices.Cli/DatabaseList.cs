namespace TaskServices.Cli;

/// <summary>Reads <c>NAME=URL</c> pairs.</summary>
internal static class DatabaseList
{
    /// <summary>Name and URL of the bundled example.</summary>
    public static KeyValuePair<string, string> Chinook { get; } =
        new("chinook", "sqlite:" + RepositoryFolder.Combine("examples", "chinook", "Chinook_Sqlite.sqlite"));

    /// <returns>URLs by name; the bundled example where none are given.</returns>
    /// <exception cref="CliException">A pair is malformed, or a name comes twice.</exception>
    public static IReadOnlyDictionary<string, string> Parse(IReadOnlyCollection<string> pairs)
    {
        if (pairs.Count is 0)
        {
            return new Dictionary<string, string> { [Chinook.Key] = Chinook.Value };
        }

        var databases = new Dictionary<string, string>();
        foreach (var pair in pairs)
        {
            var separator = pair.IndexOf('=', StringComparison.Ordinal);
            var name = separator > 0 ? pair[..separator] : "";
            // The pair is not repeated: a URL may hold a password.
            if (name.Length is 0 || separator == pair.Length - 1 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-'))
            {
                throw CliException.Usage("--database must be NAME=URL with a name of letters, digits, '_' and '-', for example shop=sqlite:shop.db.");
            }

            if (!databases.TryAdd(name, pair[(separator + 1)..]))
            {
                throw CliException.Usage($"--database has the name '{name}' twice.");
            }
        }

        return databases;
    }
}
