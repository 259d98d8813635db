namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>Turns a candidate among its rivals into numbers, each of about the size of 1.</summary>
/// <remarks>
/// Three kinds: how sure the model was; whether the question's words and the query's clauses, names and values meet; what executing it gave and
/// how many rivals gave the same. A weight is fitted for each (<see cref="SelectionModel"/>); the order of the names is the order of the numbers.
/// </remarks>
internal static class CandidateFeatures
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "bias", "log_probability_sum", "log_probability_least", "log_probability_mean", "least_probability", "length", "is_greedy", "count_share", "result_share", "result_mass", "result_share_squared",
        "result_count", "repaired", "failed", "empty", "blank", "many_rows", "not_run",
        "covered_words", "unknown_words", "unnamed_columns", "fully_named_columns", "missing_columns", "missing_tables", "unnamed_tables",
        "unused_values", "used_values", "unstored_texts", "invented_texts", "unused_numbers", "invented_numbers", "mistyped_literals",
        "count_missing", "count_extra", "average_missing", "average_extra", "sum_missing", "sum_extra", "superlative_missing", "superlative_extra",
        "group_missing", "group_extra", "distinct_missing", "distinct_extra", "negation_missing", "negation_extra", "both_missing", "intersect_extra",
        "either_missing", "or_extra", "order_missing", "order_extra", "descending_missing", "descending_extra", "ascending_for_most", "greater_missing", "greater_extra", "less_missing", "less_extra",
        "pattern_missing", "pattern_extra", "everything_missing", "star_extra",
        "items", "items_against_conjunctions", "repeats_item", "tables", "subqueries", "set_operation", "aggregate_in_set", "unlike_in", "having",
    ];

    /// <param name="candidate">An accepted candidate.</param>
    /// <param name="agreement">Its share among the rivals.</param>
    public static double[] Compute(Candidate candidate, Agreement agreement, LinkFeatures links)
    {
        var cues = links.Cues;
        var shape = QueryShape.Of(candidate.Query!);
        var logProbabilities = candidate.LogProbabilities;
        var (sum, least) = (logProbabilities.Sum(), logProbabilities.DefaultIfEmpty().Min());
        var features = new List<double>(Names.Count)
        {
            1, Math.Max(sum, -20) / 5, Math.Max(least, -8) / 2, logProbabilities.Count == 0 ? 0 : Math.Max(sum / logProbabilities.Count, -2), Math.Exp(least),
            Math.Min(logProbabilities.Count, 120) / 40.0, One(candidate.IsGreedy), agreement.CountShare, agreement.ResultShare, agreement.ResultMass, agreement.ResultShare * agreement.ResultShare,
            Math.Min(agreement.ResultCount, 8) / 4.0, Math.Min(candidate.Repairs.Count, 2), One(candidate.Run is { Failed: true }), One(candidate.Run is { Failed: false, RowCount: 0 }),
            One(candidate.Run is { IsBlank: true }), One(candidate.Run is { RowCount: > 20 }), One(candidate.Run is null),
            links.CoveredWords(shape), links.UnknownWords, links.UnnamedColumns(shape), links.FullyNamedColumns(shape), links.MissingColumns(shape), links.MissingTables(shape), links.UnnamedTables(shape),
            links.UnusedValues(shape), links.UsedValues(shape), links.UnstoredTexts(shape), links.InventedTexts(shape), links.UnusedNumbers(shape), links.InventedNumbers(shape), links.MistypedLiterals(shape),
        };
        void Compare(bool asked, bool done)
        {
            features.Add(One(asked && !done));
            features.Add(One(done && !asked));
        }

        Compare(cues.Count, shape.Calls("count") || shape.Calls("sum"));
        Compare(cues.Average, shape.Calls("avg"));
        Compare(cues.Sum && !cues.Count, shape.Calls("sum"));
        Compare(cues.Maximum || cues.Minimum, shape.Calls("max") || shape.Calls("min") || shape.HasLimit);
        Compare(cues.Group, shape.HasGroup);
        Compare(cues.Distinct, shape.HasDistinct || shape.HasGroup);
        Compare(cues.Negation, shape.HasNegation);
        Compare(cues.Both, shape.HasIntersect);
        Compare(cues.Either, shape.HasOr || shape.HasUnion);
        Compare(cues.Order || cues.Maximum || cues.Minimum, shape.HasOrder || shape.Calls("max") || shape.Calls("min"));
        Compare(cues.Descending, shape.HasDescending && !shape.HasLimit);
        features.Add(One((cues.Maximum && !cues.Minimum && shape is { HasLimit: true, HasAscending: true }) || (cues.Minimum && !cues.Maximum && shape is { HasLimit: true, HasDescending: true })));
        Compare(cues.Greater, shape.HasGreater);
        Compare(cues.Less, shape.HasLess);
        Compare(cues.Pattern, shape.HasPattern);
        Compare(cues.Everything, shape.HasStar);
        features.AddRange([
            Math.Min(shape.ItemCount, 5) / 2.0, Math.Min(Math.Abs(shape.ItemCount - 1 - cues.Conjunctions), 4) / 2.0, One(shape.RepeatsItem), Math.Min(shape.Tables.Count, 5) / 2.0, Math.Min(shape.SubqueryCount, 3),
            One(shape.HasSetOperation), One(shape.HasAggregateInSet), One(shape.HasUnlikeIn), One(shape.HasHaving),
        ]);
        return [.. features];
    }

    private static double One(bool condition) => condition ? 1 : 0;
}
