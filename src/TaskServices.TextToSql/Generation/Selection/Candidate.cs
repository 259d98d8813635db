using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>One text that the model wrote, checked.</summary>
internal sealed record Candidate
{
    public required string CompactSql { get; init; }

    /// <summary>Gets the log-probabilities of its tokens, forced ones as 0.</summary>
    public required IReadOnlyList<double> LogProbabilities { get; init; }

    /// <summary>Gets whether it is the model's first choice.</summary>
    public required bool IsGreedy { get; init; }

    /// <summary>Gets how many of the completions are this text.</summary>
    public int Count { get; init; } = 1;

    public required GuardVerdict Verdict { get; init; }

    /// <summary>Gets the query as it was expanded, in SQLite's meaning; null where it could not be read.</summary>
    public Query? Query { get; init; }

    /// <summary>Gets what had to be put right.</summary>
    public IReadOnlyList<string> Repairs { get; init; } = [];

    public string? Explanation { get; init; }

    /// <summary>Gets what executing it gave; null where it was not executed.</summary>
    public CandidateRun? Run { get; init; }
}
