using TaskServices.TextToSql.Generation.Selection;

namespace TaskServices.Evals.Fitting;

/// <summary>What the weights of candidates are believed to be before any question is seen.</summary>
/// <remarks>
/// Set by judgement, not measured: the model's own certainty and the agreement of results speak for a candidate; clauses that the question asks for
/// and the query lacks, values and numbers left unused, names that the question has and the query has not speak against it. With some hundred
/// questions to fit seventy weights on, a prior that has the signs right is worth more than the data.
/// </remarks>
internal static class SelectionPrior
{
    private static readonly Dictionary<string, double> Means = new()
    {
        ["log_probability_sum"] = 0.6,
        ["log_probability_least"] = 0.6,
        ["result_share"] = 1.5,
        ["result_mass"] = 1,
        ["repaired"] = -0.4,
        ["failed"] = -3,
        ["empty"] = -0.4,
        ["blank"] = -0.3,
        ["covered_words"] = 1,
        ["unknown_words"] = -0.5,
        ["unnamed_columns"] = -0.2,
        ["fully_named_columns"] = 0.4,
        ["missing_columns"] = -0.3,
        ["missing_tables"] = -0.3,
        ["unnamed_tables"] = -0.2,
        ["unused_values"] = -0.7,
        ["used_values"] = 0.2,
        ["unstored_texts"] = -0.4,
        ["invented_texts"] = -0.5,
        ["unused_numbers"] = -1,
        ["invented_numbers"] = -0.7,
        ["mistyped_literals"] = -0.3,
        ["repeats_item"] = -1,
        ["aggregate_in_set"] = -1.5,
        ["unlike_in"] = -0.5,
        ["items_against_conjunctions"] = -0.4,
        ["count_missing"] = -0.7,
        ["count_extra"] = -0.4,
        ["average_missing"] = -0.7,
        ["average_extra"] = -0.4,
        ["sum_missing"] = -0.7,
        ["sum_extra"] = -0.4,
        ["superlative_missing"] = -0.7,
        ["superlative_extra"] = -0.4,
        ["group_missing"] = -0.7,
        ["group_extra"] = -0.4,
        ["negation_missing"] = -0.7,
        ["negation_extra"] = -0.4,
        ["order_missing"] = -0.7,
        ["order_extra"] = -0.4,
        ["descending_missing"] = -0.7,
        ["descending_extra"] = -0.4,
        ["greater_missing"] = -0.7,
        ["greater_extra"] = -0.4,
        ["less_missing"] = -0.7,
        ["less_extra"] = -0.4,
        ["pattern_missing"] = -0.7,
        ["pattern_extra"] = -0.4,
        ["everything_missing"] = -0.7,
        ["both_missing"] = -0.2,
        ["intersect_extra"] = -0.3,
        ["either_missing"] = -0.3,
        ["or_extra"] = -0.4,
        ["star_extra"] = -0.5,
        ["ascending_for_most"] = -0.8,
    };

    /// <summary>Gets the means in the order of <see cref="CandidateFeatures.Names"/>.</summary>
    public static IReadOnlyList<double> Weights { get; } = [.. CandidateFeatures.Names.Select(name => Means.GetValueOrDefault(name))];
}
