namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>Finds the readings among which the model cannot decide, and says what sets each apart.</summary>
internal static class Readings
{
    /// <summary>Most readings that a person is asked to choose from.</summary>
    public const int MaxCount = 3;

    /// <summary>A rival this near to the best one, as a share of its probability, is a reading of its own.</summary>
    private const double NearShare = 0.75;

    /// <summary>Gets the best candidate and those with other results that are nearly as probable; fewer than two where the best stands alone.</summary>
    /// <param name="candidates">The best first.</param>
    public static IReadOnlyList<Reading> Find(IReadOnlyList<JudgedCandidate> candidates)
    {
        var readings = candidates
            .Where(judged => judged.Candidate is { Verdict.Accepted: true, Run: null or { Failed: false } } && judged.Probability >= NearShare * candidates[0].Probability)
            .Select(judged => judged.Candidate)
            .DistinctBy(candidate => candidate.Run is { } run ? $"{run.ColumnCount} {run.Signature}" : candidate.Verdict.Sql)
            .Take(MaxCount).ToList();
        var terms = readings.Select(Terms).ToList();
        return
        [
            .. readings.Select((candidate, i) => new Reading(
                Describe(terms[i], [.. terms.Where((_, other) => other != i)]) ?? candidate.Explanation ?? candidate.Verdict.Sql!, candidate.Verdict.Sql!)),
        ];
    }

    /// <summary>Names what no other reading has; null where nothing is its own.</summary>
    private static string? Describe(HashSet<string> own, IReadOnlyList<HashSet<string>> others)
    {
        var only = own.Where(term => !others.Any(other => other.Contains(term))).ToList();
        return only.Count == 0 ? null : "by " + string.Join(", ", only);
    }

    private static HashSet<string> Terms(Candidate candidate)
    {
        var shape = QueryShape.Of(candidate.Query!);
        return
        [
            .. shape.Columns.Select(column => column.Table.Length == 0 ? column.Column : $"{column.Table}.{column.Column}"),
            .. shape.Texts.Select(text => $"'{text.Text}'"),
            .. shape.Tables,
        ];
    }
}
