using TaskServices.TextToSql.Generation.Selection;

namespace TaskServices.Evals.Fitting;

/// <summary>What the model wrote for one question: a row of the candidates file. The slow part, kept so that a fit can be repeated.</summary>
/// <param name="Written">The model's first choice, then its rivals.</param>
/// <param name="Abstains">Whether the model's own first word was that the schema lacks the answer.</param>
internal sealed record CandidateRow(string Id, IReadOnlyList<WrittenCandidate> Written, bool Abstains);

/// <summary>The candidates of one question, judged and scored.</summary>
/// <param name="First">The first choice, judged alone.</param>
/// <param name="All">The first choice and its rivals, judged among each other.</param>
internal sealed record ScoredQuestion(string DatabaseId, bool IsAnswerable, bool Abstains, ScoredCandidate First, IReadOnlyList<ScoredCandidate> All);

/// <param name="Features">Empty for a candidate that the guard refused.</param>
internal sealed record ScoredCandidate(IReadOnlyList<double> Features, bool Correct);
