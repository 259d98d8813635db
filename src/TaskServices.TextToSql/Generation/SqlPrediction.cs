namespace TaskServices.TextToSql.Generation;

/// <summary>What became of a question.</summary>
public enum PredictionStatus
{
    /// <summary>The SQL passed every check and is the answer.</summary>
    Answered,

    /// <summary>The question has several readings; <see cref="SqlPrediction.Message"/> says which.</summary>
    NeedsClarification,

    /// <summary>The schema does not hold the answer.</summary>
    Unanswerable,

    /// <summary>The question asks for what is not allowed, or nothing the model wrote passed the guard.</summary>
    Refused,

    /// <summary>The question or the database could not be processed.</summary>
    Error,
}

/// <summary>Where SQL came from.</summary>
public enum AnswerOrigin
{
    /// <summary>The model wrote it.</summary>
    Model,

    /// <summary>The query before was changed as a follow-up of a known form asks.</summary>
    FollowUp,

    /// <summary>A larger model elsewhere wrote it, because this one was unsure.</summary>
    Endpoint,
}

/// <summary>The SQL for one question, or why there is none. Not yet executed.</summary>
public sealed record SqlPrediction
{
    public required PredictionStatus Status { get; init; }

    /// <summary>Gets the guard's re-print in the database's dialect, without an added LIMIT; null only when nothing passed the guard.</summary>
    public string? Sql { get; init; }

    /// <summary>Gets the re-print that is executed: <see cref="Sql"/> with the guard's row limit.</summary>
    public string? ExecutableSql { get; init; }

    /// <summary>Gets the values of the parameters in <see cref="ExecutableSql"/>: who asks, put there by row policies.</summary>
    public IReadOnlyDictionary<string, object?> Parameters { get; init; } = new Dictionary<string, object?>();

    /// <summary>Gets what the model wrote, for diagnosis. Never executed.</summary>
    public string? CompactSql { get; init; }

    /// <summary>Gets a machine-readable reason in UPPER_SNAKE_CASE where the status is not an answer.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets one line for a person where the status is not an answer.</summary>
    public string? Message { get; init; }

    /// <summary>Gets the readings to choose from where the status is <see cref="PredictionStatus.NeedsClarification"/>; the first is <see cref="Sql"/>.</summary>
    public IReadOnlyList<Reading> Readings { get; init; } = [];

    /// <summary>Gets what the SQL does, in words made from its AST.</summary>
    public string? Explanation { get; init; }

    /// <summary>Gets the confidence in [0, 1].</summary>
    public double Confidence { get; init; }

    /// <summary>Gets the verified query that the SQL was taken from, or null where the model wrote it.</summary>
    public string? VerifiedQueryId { get; init; }

    /// <summary>Gets how many candidates were generated.</summary>
    public int CandidateCount { get; init; }

    public int PromptTokenCount { get; init; }

    public int CachedPromptTokenCount { get; init; }

    public int CompletionTokenCount { get; init; }

    /// <summary>Gets the time from question to SQL.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Gets where the SQL came from.</summary>
    public AnswerOrigin Origin { get; init; }

    /// <summary>Gets what the endpoint's tokens cost, in the currency of its prices; null where it was not asked.</summary>
    public double? EndpointCost { get; init; }

    /// <summary>Gets whether the answer had been given before to a caller who sees the same.</summary>
    public bool IsCached { get; init; }

    /// <summary>Gets the id by which feedback names the answer, or null.</summary>
    public string? AnswerId { get; init; }

    /// <summary>Gets the number of the question's record in the audit log, or null.</summary>
    public long? AuditRecord { get; init; }
}
