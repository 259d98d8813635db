using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Guard;

namespace TaskServices.TextToSql.Generation;

/// <summary>Settings of the text-to-SQL pipeline.</summary>
public sealed record TextToSqlOptions
{
    /// <summary>Gets the bound on the tokens of one candidate, in [16, 1024]. The default is 160; the longest gold query of Spider has 122.</summary>
    public int MaxCompletionTokens { get; init; } = 160;

    /// <summary>Gets how many candidates are generated at most; the first is greedy, later ones only follow one that failed a check.</summary>
    public int MaxCandidates { get; init; } = 4;

    /// <summary>Gets the temperature of the later candidates.</summary>
    public double RetryTemperature { get; init; } = 0.7;

    /// <summary>Gets the confidence below which the answer is <see cref="PredictionStatus.Unanswerable"/>, in [0, 1].</summary>
    public double AbstainBelow { get; init; } = 0.1;

    /// <summary>Gets the name of the host's adapter that was trained for this task; null takes the model as it is.</summary>
    public string? Adapter { get; init; }

    public GuardOptions Guard { get; init; } = new();

    /// <summary>Gets what callers have told the service and what is remembered of answers. The default keeps it in memory.</summary>
    public AnswerState State { get; init; } = AnswerState.Open(null);
}
