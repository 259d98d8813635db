using TaskServices.Inference.Scheduling;

namespace TaskServices.TextToSql.Generation;

/// <summary>How sure the model was of what it wrote, as one number in [0, 1]. A first cut: not calibrated.</summary>
internal static class Confidence
{
    /// <summary>A candidate whose names had to be repaired is worth this much less.</summary>
    public const double RepairFactor = 0.7;

    /// <summary>The probability of the least certain token: one wrong name makes the whole query wrong, however sure the rest is.</summary>
    public static double Compute(Completion completion) =>
        completion.LogProbabilities.Count == 0 ? 0 : Math.Exp(completion.LogProbabilities.Min());
}
