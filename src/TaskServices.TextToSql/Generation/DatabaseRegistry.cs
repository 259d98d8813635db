using System.Collections.Concurrent;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Generation;

/// <summary>The databases that questions can be asked of. A database is opened by its first question.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class DatabaseRegistry(ITokenizer tokenizer, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, DatabaseViews> _databases = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the databases that a principal may read something of.</summary>
    public IReadOnlyCollection<string> NamesFor(Principal principal) =>
        [.. _databases.Values.Where(database => database.IsVisibleTo(principal)).Select(database => database.Name).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Registers a database; what had the name before closes its connections as soon as its running queries have ended.</summary>
    /// <param name="access">Grants; null for everything to everyone.</param>
    public void Register(string name, DatabaseUrl url, DatabaseAccess? access)
    {
        var registered = new DatabaseViews(name, url, access, time);
        DatabaseViews? replaced = null;
        _databases.AddOrUpdate(name, registered, (_, old) =>
        {
            replaced = old;
            return registered;
        });
        replaced?.Retire();
    }

    /// <exception cref="TextToSqlException">Reason <c>UNKNOWN_DATABASE</c>, <c>PRINCIPAL_INCOMPLETE</c>, or the database cannot be opened.</exception>
    public ValueTask<RegisteredDatabase> GetAsync(string name, Principal principal, CancellationToken cancellationToken)
    {
        if (_databases.TryGetValue(name, out var database) && database.IsVisibleTo(principal))
            return database.GetAsync(principal, tokenizer, cancellationToken);
        var names = NamesFor(principal);
        throw new TextToSqlException("UNKNOWN_DATABASE", $"Unknown database '{name}'. Registered: {(names.Count is 0 ? "none" : string.Join(", ", names))}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases.Values)
            await database.DisposeAsync().ConfigureAwait(false);
    }
}
