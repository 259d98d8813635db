using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TaskServices.Inference.Scheduling;

/// <summary>Log-probabilities of tokens under the model's full softmax.</summary>
internal static class LogSoftmax
{
    private const int BlockLength = 2048;

    /// <summary>Finds the greatest logit and the logarithm of the softmax's denominator.</summary>
    /// <returns>The greedy token and log(sum(exp(logits))).</returns>
    /// <exception cref="InferenceException"><c>LOGITS_NOT_FINITE</c>: a logit is NaN or positive infinity, or all are negative infinity.</exception>
    public static (int GreedyToken, double LogNormalizer) Normalize(ReadOnlySpan<float> logits)
    {
        // IndexOfMax answers the first NaN where there is one, so the maximum's finiteness covers the row.
        var greedy = TensorPrimitives.IndexOfMax(logits);
        var maximum = logits[greedy];
        if (!float.IsFinite(maximum))
        {
            throw new InferenceException(
                "LOGITS_NOT_FINITE", $"The model gave the logit {maximum} for token {greedy}; check the model file with 'model check'.");
        }

        // In blocks that stay in the first-level cache, summed in double.
        Span<float> block = stackalloc float[BlockLength];
        var sum = 0.0;
        for (var start = 0; start < logits.Length; start += BlockLength)
        {
            var part = logits.Slice(start, Math.Min(BlockLength, logits.Length - start));
            var exponentials = block[..part.Length];
            TensorPrimitives.Subtract(part, maximum, exponentials);
            TensorPrimitives.Exp(exponentials, exponentials);
            sum += Sum(exponentials);
        }

        return (greedy, maximum + Math.Log(sum));
    }

    /// <summary>Adds in an order that depends on the length alone.</summary>
    /// <remarks><see cref="TensorPrimitives.Sum{T}"/> adds in an order that depends on where in memory the numbers lie, so the last bits change with a row's place.</remarks>
    public static double Sum(ReadOnlySpan<float> values)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var (lower, upper) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var i = 0;
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)i));
            lower += low;
            upper += high;
        }

        var sum = Vector256.Sum(lower + upper);
        for (; i < values.Length; i++)
            sum += values[i];
        return sum;
    }
}
