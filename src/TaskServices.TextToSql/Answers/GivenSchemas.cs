namespace TaskServices.TextToSql.Answers;

/// <summary>The schemas that callers gave, each belonging to its caller's tenant; kept in a file where there is one.</summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class GivenSchemas : IDisposable
{
    /// <summary>Most schemas of one tenant.</summary>
    public const int MaxPerTenant = 100;

    /// <summary>Most schemas of all tenants.</summary>
    public const int MaxCount = 2_000;

    private const long MaxCharacters = 256L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string? Tenant, string Name), GivenSchema> _schemas = [];
    private StateFile<Line>? _file;

    /// <summary>Opens the schemas of a file.</summary>
    /// <param name="path">Null keeps them in memory only.</param>
    /// <exception cref="TextToSqlException">Reason <c>STATE_IN_USE</c>, <c>STATE_UNREADABLE</c> or <c>STATE_UNWRITABLE</c>.</exception>
    public static GivenSchemas Open(string? path)
    {
        var schemas = new GivenSchemas();
        if (path is not null)
            schemas._file = StateFile<Line>.Open(path, schemas.Apply);
        return schemas;
    }

    /// <summary>Gets every schema with its tenant.</summary>
    public IReadOnlyList<(string? Tenant, GivenSchema Schema)> All
    {
        get
        {
            lock (_lock)
                return [.. _schemas.Select(pair => (pair.Key.Tenant, pair.Value))];
        }
    }

    /// <summary>Finds the schema of a tenant, ignoring the name's case; null where there is none.</summary>
    public GivenSchema? Find(string? tenant, string name)
    {
        lock (_lock)
            return _schemas.GetValueOrDefault(Key(tenant, name));
    }

    /// <summary>Adds a schema, or replaces the tenant's one of that name.</summary>
    /// <exception cref="TextToSqlException">Reason <c>TOO_MANY_SCHEMAS</c> or <c>STATE_UNWRITABLE</c>.</exception>
    public void Put(string? tenant, GivenSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        lock (_lock)
        {
            if (!_schemas.ContainsKey(Key(tenant, schema.Name)))
            {
                if (_schemas.Keys.Count(key => key.Tenant == tenant) >= MaxPerTenant)
                    throw new TextToSqlException("TOO_MANY_SCHEMAS", $"{MaxPerTenant} schemas are registered already; unregister one first.");
                if (_schemas.Count >= MaxCount || _schemas.Values.Sum(given => (long)given.Ddl.Length) > MaxCharacters)
                    throw new TextToSqlException("TOO_MANY_SCHEMAS", "The server holds as many schemas as it can.");
            }

            Write(new(tenant, schema, null));
        }
    }

    /// <returns>Whether there was one.</returns>
    /// <exception cref="TextToSqlException">Reason <c>STATE_UNWRITABLE</c>.</exception>
    public bool Remove(string? tenant, string name)
    {
        lock (_lock)
        {
            if (!_schemas.ContainsKey(Key(tenant, name)))
                return false;
            Write(new(tenant, null, name));
            return true;
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Write(Line line)
    {
        _file?.Append(line);
        Apply(line);
    }

    private void Apply(Line line)
    {
        if (line.Unregister is { } name)
            _schemas.Remove(Key(line.Tenant, name));
        if (line.Register is { } schema)
            _schemas[Key(line.Tenant, schema.Name)] = schema;
    }

    private static (string? Tenant, string Name) Key(string? tenant, string name) => (tenant, name.ToUpperInvariant());

    private sealed record Line(string? Tenant, GivenSchema? Register, string? Unregister);
}
