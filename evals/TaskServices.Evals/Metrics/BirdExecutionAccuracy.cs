namespace TaskServices.Evals.Metrics;

/// <summary>Execution accuracy as BIRD computes it: <c>set(predicted) == set(gold)</c> (<c>mini_dev/evaluation</c>).</summary>
/// <remarks>The order of rows and duplicates are ignored, the order of columns matters, floats are compared exactly. DISTINCT stays.</remarks>
internal static class BirdExecutionAccuracy
{
    public static bool AreEqual(IReadOnlyList<object?[]> gold, IReadOnlyList<object?[]> predicted) =>
        gold.Select(Row.From).ToHashSet().SetEquals(predicted.Select(Row.From));
}
