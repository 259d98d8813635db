namespace TaskServices.TextToSql.Knowledge;

/// <summary>A question whose SQL a person has confirmed.</summary>
/// <param name="Id">Unique within its store.</param>
/// <param name="DatabaseName">The registered database that it was asked of.</param>
/// <param name="Question">1 to 4,000 characters.</param>
/// <param name="Sql">One SELECT in the database's dialect. It passes the guard again under each caller's grants before it is used.</param>
/// <param name="Tenant">Tenant for whom it was verified, whose values it may name; null serves callers of every tenant.</param>
/// <param name="VerifiedAt">When it was confirmed.</param>
/// <param name="VerifiedBy">Who confirmed it, or null.</param>
public sealed record VerifiedQuery(
    string Id, string DatabaseName, string Question, string Sql, string? Tenant, DateTimeOffset VerifiedAt, string? VerifiedBy)
{
    /// <summary>Gets the fingerprint of the schema that it was verified against, or null where it is not known.</summary>
    public string? SchemaFingerprint { get; init; }
}

/// <summary>A verified query near a question.</summary>
/// <param name="Similarity">In (0, 1]; 1 for the same words in any order.</param>
public sealed record VerifiedMatch(VerifiedQuery Query, double Similarity);
