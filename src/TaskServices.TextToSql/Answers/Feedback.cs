namespace TaskServices.TextToSql.Answers;

/// <summary>What a caller said about an answer.</summary>
/// <param name="Id">Unique within the store.</param>
/// <param name="Tenant">The caller's tenant, or null.</param>
/// <param name="Principal">Who said it.</param>
/// <param name="Sql">What was answered, or null.</param>
/// <param name="IsRight">Whether the answer is right.</param>
/// <param name="CorrectedSql">What the answer should have been, or null. It has passed the guard under the caller's grants.</param>
/// <param name="Comment">The caller's words, or null.</param>
public sealed record Feedback(
    string Id, string? Tenant, string Principal, string DatabaseName, string Question, string? Sql, bool IsRight, string? CorrectedSql, string? Comment, DateTimeOffset GivenAt)
{
    /// <summary>Gets what an operator has made of it.</summary>
    public FeedbackState State { get; init; }

    /// <summary>Gets the SQL that an operator may confirm: the corrected one, or the right one; null where there is none.</summary>
    public string? CandidateSql => CorrectedSql ?? (IsRight ? Sql : null);
}

/// <summary>What an operator has made of feedback.</summary>
public enum FeedbackState
{
    Open,

    /// <summary>Its SQL is a verified query now.</summary>
    Confirmed,

    Dismissed,
}
