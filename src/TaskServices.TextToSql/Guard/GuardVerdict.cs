namespace TaskServices.TextToSql.Guard;

/// <summary>The guard's word on one statement.</summary>
public sealed record GuardVerdict
{
    public required bool Accepted { get; init; }

    /// <summary>Gets the machine-readable reason of a refusal in UPPER_SNAKE_CASE, for example <c>UNKNOWN_COLUMN</c>; null when accepted.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets one line for a person: position, what was expected, the nearest known name; null when accepted.</summary>
    public string? Message { get; init; }

    /// <summary>Gets the re-print from the AST, without an added LIMIT; null when refused.</summary>
    public string? Sql { get; init; }

    /// <summary>Gets the re-print that may be executed, with the guard's row limit; null when refused.</summary>
    public string? ExecutableSql { get; init; }

    /// <summary>Gets the values of the parameters in the re-print, which row policies and masks have put there, by name.</summary>
    public IReadOnlyDictionary<string, object?> Parameters { get; init; } = new Dictionary<string, object?>();
}
