namespace TaskServices.TextToSql.Guard;

/// <summary>Who asks. Grants, row policies and audit hang on it.</summary>
/// <param name="Name">Name, 1 to 200 characters; policies may use it as <c>:principal</c>.</param>
/// <param name="Tenant">Tenant whose rows the principal may read, or null; policies may use it as <c>:tenant</c>.</param>
/// <param name="Roles">Names of the roles; compared exactly.</param>
public sealed record Principal(string Name, string? Tenant, IReadOnlyList<string> Roles)
{
    /// <summary>Gets whether the principal may confirm what serves others of its tenant: verified queries.</summary>
    public bool IsOperator { get; init; }

    /// <summary>Gets the caller on this machine who has not said who it is.</summary>
    public static Principal Local { get; } = new("local", null, []);
}
