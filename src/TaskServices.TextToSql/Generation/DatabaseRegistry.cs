using System.Collections.Concurrent;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Generation;

/// <summary>The databases that questions can be asked of. A database is opened by its first question.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class DatabaseRegistry(ITokenizer tokenizer, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, DatabaseViews> _databases = new(StringComparer.OrdinalIgnoreCase);

    // Each belongs to one tenant; tenants are compared exactly, names without case.
    private readonly ConcurrentDictionary<(string? Tenant, string Name), DatabaseViews> _given = [];

    /// <summary>Gets the databases that a principal may read something of, and the schemas that its tenant has given.</summary>
    public IReadOnlyCollection<string> NamesFor(Principal principal) =>
    [
        .. _databases.Values.Where(database => database.IsVisibleTo(principal)).Select(database => database.Name)
            .Concat(_given.Where(pair => pair.Key.Tenant == principal.Tenant).Select(pair => pair.Value.Name)).Order(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>Gets whether the name is that of a database, whoever may read it.</summary>
    public bool HasDatabase(string name) => _databases.ContainsKey(name);

    /// <summary>Registers a schema without a database for one tenant, replacing what the tenant had under its name.</summary>
    public void RegisterGiven(string? tenant, GivenSchema schema) =>
        _given[(tenant, schema.Name.ToUpperInvariant())] = new DatabaseViews(schema.Name, new DatabaseUrl(schema.Dialect, "") { Given = schema }, null, time);

    public void UnregisterGiven(string? tenant, string name) => _given.TryRemove((tenant, name.ToUpperInvariant()), out _);

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
        if (_given.TryGetValue((principal.Tenant, name.ToUpperInvariant()), out var given))
            return given.GetAsync(principal, tokenizer, cancellationToken);
        var names = NamesFor(principal);
        throw new TextToSqlException("UNKNOWN_DATABASE", $"Unknown database '{name}'. Registered: {(names.Count is 0 ? "none" : string.Join(", ", names))}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases.Values)
            await database.DisposeAsync().ConfigureAwait(false);
    }
}
