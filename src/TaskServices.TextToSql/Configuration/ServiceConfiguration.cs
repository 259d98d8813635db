using TaskServices.TextToSql.Audit;
using TaskServices.TextToSql.Guard;

namespace TaskServices.TextToSql.Configuration;

/// <summary>Databases, credentials, grants and principals by name: what one configuration file says.</summary>
/// <param name="Path">Path of the file, for messages.</param>
/// <param name="Databases">Databases by name.</param>
/// <param name="Principals">Known principals by name.</param>
public sealed record ServiceConfiguration(
    string Path, IReadOnlyDictionary<string, ConfiguredDatabase> Databases, IReadOnlyDictionary<string, Principal> Principals)
{
    private const int MaxNameLength = 200;

    /// <summary>Gets where questions are recorded, or null.</summary>
    public AuditSettings? Audit { get; init; }

    /// <summary>Finds who asks.</summary>
    /// <param name="name">Name as given; null for the caller on this machine who has not said who it is.</param>
    /// <param name="tenant">Tenant as given; null for the one that the file has.</param>
    /// <exception cref="TextToSqlException">
    /// Reason <c>UNKNOWN_PRINCIPAL</c> (the file lists principals, and not this one) or <c>TENANT_MISMATCH</c> (it belongs to another tenant).
    /// </exception>
    public Principal FindPrincipal(string? name, string? tenant)
    {
        if (name is null)
            return Principal.Local with { Tenant = tenant };
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl) || tenant is { Length: 0 or > MaxNameLength })
            throw new TextToSqlException("UNKNOWN_PRINCIPAL", "The principal or its tenant is empty or too long.");
        if (!Principals.TryGetValue(name, out var known))
            throw new TextToSqlException("UNKNOWN_PRINCIPAL", $"{Path} lists no principal '{name}'.");
        if (tenant is not null && known.Tenant is not null && tenant != known.Tenant)
            throw new TextToSqlException("TENANT_MISMATCH", $"The principal '{name}' belongs to another tenant than '{tenant}'.");
        return known with { Tenant = known.Tenant ?? tenant };
    }
}

/// <summary>One database of the configuration.</summary>
/// <param name="Name">Name by which it is asked.</param>
/// <param name="Url">Where it is, without a password.</param>
/// <param name="Password">Password from the environment or a file, or null.</param>
/// <param name="Access">Who may read what.</param>
public sealed record ConfiguredDatabase(string Name, string Url, Secret? Password, DatabaseAccess Access);

/// <summary>A value that no log and no message shows.</summary>
public sealed class Secret(string value)
{
    /// <summary>Gets the value.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}
