using System.Collections.Concurrent;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Generation;

/// <summary>The databases that questions can be asked of. A database is opened by its first question, and again when its file has changed.</summary>
/// <remarks>Safe for use from several threads; a failed opening is not remembered.</remarks>
internal sealed class DatabaseRegistry(ITokenizer tokenizer)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<string> Names => [.. _entries.Keys.Order(StringComparer.OrdinalIgnoreCase)];

    public void Register(string name, DatabaseUrl url) => _entries[name] = new(name, url);

    /// <exception cref="TextToSqlException">Reason <c>UNKNOWN_DATABASE</c>, or the database cannot be opened.</exception>
    public RegisteredDatabase Get(string name, CancellationToken cancellationToken)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            throw new TextToSqlException(
                "UNKNOWN_DATABASE", $"Unknown database '{name}'. Registered: {(_entries.IsEmpty ? "none" : string.Join(", ", Names))}.");
        }

        lock (entry.Gate)
        {
            if (entry.Database is null || entry.Database.Values.IsStale())
            {
                entry.Database = RegisteredDatabase.Open(entry.Name, entry.Url, tokenizer, cancellationToken);
            }

            return entry.Database;
        }
    }

    private sealed class Entry(string name, DatabaseUrl url)
    {
        public Lock Gate { get; } = new();

        public string Name { get; } = name;

        public DatabaseUrl Url { get; } = url;

        public RegisteredDatabase? Database { get; set; }
    }
}
