using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.Routing;
using TaskServices.TextToSql.Generation.Selection;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Knowledge;

namespace TaskServices.TextToSql.Generation;

/// <summary>Settings of the text-to-SQL pipeline.</summary>
public sealed record TextToSqlOptions
{
    /// <summary>Gets the bound on the tokens of one candidate, in [16, 1024]. The default is 160; the longest gold query of Spider has 122.</summary>
    public int MaxCompletionTokens { get; init; } = 160;

    /// <summary>Gets how many candidates are generated at most, in [1, 64]; more than one only where the first is not sure enough.</summary>
    public int MaxCandidates { get; init; } = 8;

    /// <summary>Gets the temperature of the candidates after the first.</summary>
    public double RivalTemperature { get; init; } = 0.8;

    /// <summary>Gets the nucleus mass of the candidates after the first.</summary>
    public double RivalTopP { get; init; } = 0.95;

    /// <summary>Gets the numbers by which candidates are judged.</summary>
    public SelectionModel Selection { get; init; } = SelectionModel.Default;

    /// <summary>Gets the confidence below which the answer is <see cref="PredictionStatus.Unanswerable"/>, in [0, 1]. <see cref="SelectionModel.NinetyPercentAt"/> answers only where nine of ten were right.</summary>
    public double AbstainBelow { get; init; } = 0.1;

    /// <summary>
    /// Gets the confidence below which a question with several likely readings is given back as <see cref="PredictionStatus.NeedsClarification"/>,
    /// in [0, 1].
    /// </summary>
    public double ClarifyBelow { get; init; } = 0.5;

    /// <summary>Gets the queries that people have confirmed; a question that differs from one of theirs only in its values gets its SQL. Null for none.</summary>
    public IVerifiedQueries? VerifiedQueries { get; init; }

    /// <summary>Gets the name of the host's adapter that was trained for this task; null takes the model as it is.</summary>
    public string? Adapter { get; init; }

    public GuardOptions Guard { get; init; } = new();

    /// <summary>Gets where unsure questions go; null keeps them here.</summary>
    public EndpointRouter? Router { get; init; }

    /// <summary>Gets the instruments, or null.</summary>
    public TextToSqlMetrics? Metrics { get; init; }

    /// <summary>Gets what callers have told the service and what is remembered of answers. The default keeps it in memory.</summary>
    public AnswerState State { get; init; } = AnswerState.Open(null);
}
