namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>What a model wrote for a question, before any check.</summary>
/// <param name="Count">How many of the completions are this text.</param>
internal sealed record WrittenCandidate(string CompactSql, IReadOnlyList<double> LogProbabilities, int Count);
