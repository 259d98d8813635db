namespace TaskServices.Evals.Metrics;

/// <summary>Execution accuracy (EX) as Spider's test-suite evaluation computes it: <c>result_eq</c> of <c>exec_eval.py</c>.</summary>
/// <remarks>
/// Source: Zhong, Yu, Klein, "Semantic Evaluation for Text-to-SQL with Distilled Test Suites" (2020) and its code
/// (<c>test-suite-sql-eval</c>), quirks included:
/// rows are a multiset; their order matters exactly where the gold text holds <c>order by</c> anywhere, a subquery included;
/// one permutation of the columns for all rows is allowed; 1 equals 1.0 but not <c>'1'</c>; floats are compared exactly;
/// two empty results are equal whatever their columns. A quick rejection compares rows with their cells sorted as text, which also
/// rejects an integer against the equal float where another cell of the row sorts between the two spellings.
/// By default DISTINCT is removed from both queries before they are executed (<c>keep_distinct</c> false).
/// </remarks>
internal static class ExecutionAccuracy
{
    /// <summary>Says whether rows must come in the gold's order.</summary>
    public static bool OrderMatters(string goldSql) => goldSql.Contains("order by", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets what is executed in place of a query.</summary>
    public static string Prepare(string sql, bool keepDistinct) =>
        SqlText.Repair(keepDistinct ? sql : SqlText.RemoveDistinct(sql));

    /// <summary>Compares two results.</summary>
    /// <exception cref="ColumnSearchLimitException">No permutation was found within the search's bound.</exception>
    public static bool AreEqual(IReadOnlyList<object?[]> gold, IReadOnlyList<object?[]> predicted, bool orderMatters)
    {
        if (gold.Count == 0 && predicted.Count == 0)
            return true;
        if (gold.Count != predicted.Count || gold[0].Length != predicted[0].Length)
            return false;
        return PassesQuickRejection(gold, predicted, orderMatters) && ColumnPermutation.Exists(gold, predicted, orderMatters);
    }

    private static bool PassesQuickRejection(IReadOnlyList<object?[]> gold, IReadOnlyList<object?[]> predicted, bool orderMatters)
    {
        var goldRows = gold.Select(SortCells);
        var predictedRows = predicted.Select(SortCells);
        return orderMatters
            ? goldRows.SequenceEqual(predictedRows)
            : goldRows.ToHashSet().SetEquals(predictedRows);
    }

    private static Row SortCells(object?[] row) =>
        new([.. row.OrderBy(CellValue.SortKey, StringComparer.Ordinal).Select(CellValue.Normalize)]);
}
