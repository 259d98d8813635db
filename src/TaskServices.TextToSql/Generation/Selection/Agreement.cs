namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>How far a candidate's rivals agree with it.</summary>
/// <param name="CountShare">Share of the completions that are this text, in (0, 1].</param>
/// <param name="ResultShare">Share of the completions whose result is the same; the same text where nothing was executed.</param>
/// <param name="ResultMass">The same, each different text once and weighted with its probability.</param>
/// <param name="ResultCount">How many different results there are among all completions.</param>
internal sealed record Agreement(double CountShare, double ResultShare, double ResultMass, int ResultCount)
{
    /// <summary>A candidate that has no rivals yet.</summary>
    public static Agreement Alone { get; } = new(0, 0, 0, 0);

    /// <summary>Compares candidates, each text once.</summary>
    public static IReadOnlyList<Agreement> Of(IReadOnlyList<Candidate> candidates)
    {
        var total = (double)candidates.Sum(candidate => candidate.Count);
        var mass = candidates.Sum(Mass);
        var groups = candidates.GroupBy(Key).ToDictionary(group => group.Key, group => (Count: group.Sum(c => c.Count), Mass: group.Sum(Mass)));
        return
        [
            .. candidates.Select(candidate => new Agreement(
                candidate.Count / total, groups[Key(candidate)].Count / total, mass > 0 ? groups[Key(candidate)].Mass / mass : 0, groups.Count)),
        ];
    }

    private static string Key(Candidate candidate) =>
        candidate.Run is { Failed: false } run ? $"{run.ColumnCount} {run.Signature}" : candidate.Verdict.Sql ?? candidate.CompactSql;

    private static double Mass(Candidate candidate) => Math.Exp(candidate.LogProbabilities.Sum());
}
