using System.Numerics.Tensors;

namespace TaskServices.Inference.Models;

/// <summary>What a comparison of a device's session with the CPU's found.</summary>
/// <param name="WorstErrorInStd">Largest difference of a logit, in standard deviations of that position's logits.</param>
/// <param name="Positions">Positions whose logits were compared.</param>
/// <param name="SameBestTokens">Positions whose best token is the CPU's, or as good as it within the tolerance.</param>
/// <param name="Passed">Every position is within the tolerance and has the same best token.</param>
public sealed record DeviceCheckResult(double WorstErrorInStd, int Positions, int SameBestTokens, bool Passed);

/// <summary>Compares a device's fp16 graph with the CPU's graph of the same weights: prefill, copied slots and decode steps.</summary>
public static class DeviceCheck
{
    /// <summary>
    /// Gets the largest error in standard deviations of the logits. fp16 keeps 11 bits of a value, and errors add up over the layers. With
    /// quantised weights the CPU rounds activations to 8 bits besides, which the device does not.
    /// </summary>
    /// <param name="bits">Bits of a weight.</param>
    public static double Tolerance(int bits) => bits == 16 ? 0.1 : 0.5;

    private const int DecodeSteps = 8;

    /// <summary>Runs a prompt on both, then the tokens that the CPU finds best.</summary>
    /// <param name="device">A session of at least two slots.</param>
    /// <param name="cpu">A session of the same model.</param>
    /// <param name="prompt">At least one token.</param>
    public static DeviceCheckResult Run(ModelSession device, ModelSession cpu, ReadOnlySpan<int> prompt)
    {
        var tolerance = Tolerance(cpu.Manifest.Bits);
        var (expected, actual) = (new float[cpu.VocabularySize], new float[device.VocabularySize]);
        cpu.Extend(0, 0, prompt, expected);
        device.Extend(1, 0, prompt, actual);
        // Out of one slot into another by both ways, as the prefix cache does.
        device.CopySlot(1, 0, prompt.Length);
        var saved = new byte[prompt.Length * device.KvBytesPerToken];
        device.SaveSlot(0, prompt.Length, saved);
        device.RestoreSlot(0, saved, prompt.Length, prompt.Length);

        var (worst, same) = (0.0, 0);
        for (var step = 0; step <= DecodeSteps; step++)
        {
            var best = TensorPrimitives.IndexOfMax<float>(expected);
            var deviation = TensorPrimitives.StdDev<float>(expected);
            // A token that the CPU finds as good within what rounding may change is no other answer.
            same += expected[best] - expected[TensorPrimitives.IndexOfMax<float>(actual)] <= tolerance * deviation ? 1 : 0;
            worst = Math.Max(worst, Largest(expected, actual) / deviation);
            if (step < DecodeSteps)
            {
                cpu.Decode([best], [prompt.Length + step], expected);
                device.Decode([best], [prompt.Length + step], actual);
            }
        }

        return new DeviceCheckResult(worst, DecodeSteps + 1, same, worst <= tolerance && same == DecodeSteps + 1);
    }

    /// <returns>The largest difference; infinite where a logit is no number.</returns>
    private static double Largest(float[] expected, float[] actual)
    {
        var difference = new float[expected.Length];
        TensorPrimitives.Subtract(expected, actual, difference);
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference));
        return float.IsFinite(largest) ? largest : double.PositiveInfinity;
    }
}
