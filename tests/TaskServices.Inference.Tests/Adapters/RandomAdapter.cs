using TaskServices.Inference.Adapters;

namespace TaskServices.Inference.Tests.Adapters;

/// <summary>Adapters with random weights.</summary>
internal static class RandomAdapter
{
    /// <summary>Writes an adapter for the same matrices as another one.</summary>
    public static string Like(string adapter, string directory, int rank, int seed, bool asBFloat16 = false)
    {
        using var original = LoraAdapter.Open(adapter);
        var random = new Random(seed);
        List<LoraTensor> tensors = [];
        foreach (var target in original.Targets.Values)
        {
            tensors.Add(new(target.TensorA, [rank, target.InputSize], Values(random, rank * target.InputSize)));
            tensors.Add(new(target.TensorB, [target.OutputSize, rank], Values(random, target.OutputSize * rank)));
        }

        LoraAdapterWriter.Write(directory, new LoraDescription("llama", rank, 2 * rank, original.TargetModules), tensors, asBFloat16);
        return directory;
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) / 2)];
}
