namespace TaskServices.Evals.Statistics;

/// <summary>McNemar's exact test: do two runs over the same items differ in how many they get right?</summary>
/// <remarks>
/// Source: Q. McNemar (1947), in the exact binomial form: of the items on which the runs disagree, each run should win half.
/// Two-sided; it treats items as independent, so read it beside the cluster bootstrap.
/// </remarks>
internal static class McNemarTest
{
    /// <param name="onlyFirst">Items that only the first run got right.</param>
    /// <param name="onlySecond">Items that only the second run got right.</param>
    /// <returns>The p-value in (0, 1]; 1 where the runs never disagree.</returns>
    public static double PValue(int onlyFirst, int onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        var n = onlyFirst + onlySecond;
        var logTerm = -n * Math.Log(2); // log of C(n, k) / 2^n, updated as k grows
        var tail = 0.0;
        for (var k = 0; k <= Math.Min(onlyFirst, onlySecond); k++)
        {
            tail += Math.Exp(logTerm);
            logTerm += Math.Log((double)(n - k) / (k + 1));
        }

        return Math.Min(2 * tail, 1);
    }
}
