namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>A candidate with the probability that it is right.</summary>
/// <param name="Features">What the probability was computed from; empty for one that was refused.</param>
/// <param name="Probability">0 for one that was refused.</param>
internal sealed record JudgedCandidate(Candidate Candidate, IReadOnlyList<double> Features, double Probability);
