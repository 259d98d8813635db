namespace TaskServices.Inference.Models.Planning;

/// <summary>A plan beside what a process really took.</summary>
/// <param name="Sequences">Slots that were filled.</param>
/// <param name="PlannedBytes">What the plan says.</param>
/// <param name="MeasuredBytes">Resident memory of the process with all slots full.</param>
/// <param name="Passed">Whether they differ by at most <see cref="MemoryCheck.Tolerance"/>.</param>
public sealed record MemoryCheckResult(int Sequences, long PlannedBytes, long MeasuredBytes, bool Passed);

/// <summary>Loads a model on the CPU, fills its slots and compares the process's resident memory with the plan.</summary>
public static class MemoryCheck
{
    /// <summary>Largest difference, as a part of the plan.</summary>
    public const double Tolerance = 0.15;

    /// <param name="directory">An imported model.</param>
    /// <param name="plan">Its plan on the CPU, at the same bits.</param>
    /// <param name="sequences">Slots to fill with <see cref="MemoryPlan.Context"/> tokens each.</param>
    /// <exception cref="InferenceException">The model cannot be loaded.</exception>
    public static MemoryCheckResult Run(string directory, MemoryPlan plan, int sequences, CancellationToken cancellationToken)
    {
        using var session = ModelSession.Open(
            directory, new ModelSessionOptions { SlotCount = sequences, SlotCapacity = plan.Context, Provider = ExecutionProviderChoice.Cpu });
        var tokens = new int[session.SlotCapacity - 1];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = i % session.VocabularySize;
        }

        var logits = new float[sequences * session.VocabularySize];
        for (var slot = 0; slot < sequences; slot++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            session.Extend(slot, 0, tokens, []);
        }

        session.Decode(new int[sequences], [.. Enumerable.Repeat(tokens.Length, sequences)], logits);
        var (planned, measured) = (plan.TotalBytes(sequences), Environment.WorkingSet);
        return new MemoryCheckResult(sequences, planned, measured, Math.Abs(measured - planned) <= Tolerance * planned);
    }
}
