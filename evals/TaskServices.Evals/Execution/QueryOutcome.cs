namespace TaskServices.Evals.Execution;

/// <summary>How one execution ended.</summary>
internal enum QueryStatus
{
    Executed,

    /// <summary>SQLite does not accept the text, or it holds more than one statement.</summary>
    Invalid,

    /// <summary>It does something else than read.</summary>
    NotReadOnly,

    /// <summary>It was accepted and failed while running.</summary>
    Failed,

    /// <summary>It was interrupted at the time limit.</summary>
    TimedOut,

    /// <summary>Its result is larger than the limit.</summary>
    TooLarge,
}

/// <summary>All rows of one query, or why there are none.</summary>
/// <param name="Rows">Cells are null, long, double, string or <see cref="Blob"/>; empty unless executed.</param>
/// <param name="Message">SQLite's words where it failed; for reports, never for clients.</param>
internal sealed record QueryOutcome(QueryStatus Status, IReadOnlyList<object?[]> Rows, string? Message, TimeSpan Duration)
{
    public bool IsExecuted => Status is QueryStatus.Executed;

    /// <summary>Gets whether SQLite accepted the text.</summary>
    public bool IsValid => Status is not (QueryStatus.Invalid or QueryStatus.NotReadOnly);
}

/// <summary>A binary cell, equal to another one with the same bytes and never to text.</summary>
internal readonly record struct Blob(string Hex);
