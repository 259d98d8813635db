using System.Collections.Concurrent;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Generation;

/// <summary>The databases that questions can be asked of. A database is opened by its first question, and again when its file has changed.</summary>
/// <remarks>
/// What principals with the same grants see is kept once. Safe for use from several threads; a failed opening is not remembered.
/// </remarks>
internal sealed class DatabaseRegistry(ITokenizer tokenizer)
{
    /// <summary>Most combinations of grants that are kept for one database.</summary>
    private const int MaxViews = 64;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the databases that a principal may read something of.</summary>
    public IReadOnlyCollection<string> NamesFor(Principal principal) =>
        [.. _entries.Where(pair => pair.Value.IsVisibleTo(principal)).Select(pair => pair.Value.Name).Order(StringComparer.OrdinalIgnoreCase)];

    /// <param name="access">Grants; null for everything to everyone.</param>
    public void Register(string name, DatabaseUrl url, DatabaseAccess? access) => _entries[name] = new(name, url, access);

    /// <exception cref="TextToSqlException">Reason <c>UNKNOWN_DATABASE</c>, <c>PRINCIPAL_INCOMPLETE</c>, or the database cannot be opened.</exception>
    public RegisteredDatabase Get(string name, Principal principal, CancellationToken cancellationToken)
    {
        if (!_entries.TryGetValue(name, out var entry) || !entry.IsVisibleTo(principal))
        {
            var names = NamesFor(principal);
            throw new TextToSqlException(
                "UNKNOWN_DATABASE", $"Unknown database '{name}'. Registered: {(names.Count is 0 ? "none" : string.Join(", ", names))}.");
        }

        lock (entry.Gate)
        {
            var key = entry.Access is null ? "" : string.Join(',', entry.Access.Matching(principal));
            if (!entry.Views.TryGetValue(key, out var database) || database.Values.IsStale())
            {
                if (entry.Views.Count >= MaxViews || database is not null)
                {
                    entry.Views.Clear();
                }

                entry.Views[key] = database = RegisteredDatabase.Open(entry.Name, entry.Url, entry.Access, principal, tokenizer, cancellationToken);
            }

            return entry.Access is null ? database : database with { Grant = entry.Access.Resolve(principal, database.FullSchema, entry.Url.Dialect) };
        }
    }

    private sealed class Entry(string name, DatabaseUrl url, DatabaseAccess? access)
    {
        public Lock Gate { get; } = new();

        public string Name { get; } = name;

        public DatabaseUrl Url { get; } = url;

        public DatabaseAccess? Access { get; } = access;

        public Dictionary<string, RegisteredDatabase> Views { get; } = [];

        public bool IsVisibleTo(Principal principal) => Access is null || Access.Matching(principal).Count > 0;
    }
}
