using System.Numerics.Tensors;

namespace TaskServices.Inference.Models;

/// <summary>Perplexity of a text: the exponential of the mean negative log-probability that the model gives each of its tokens.</summary>
/// <remarks>
/// The text is cut into windows that do not overlap; each begins with no context, and its first token is not predicted. Figures of two models
/// compare only where tokens and window are the same.
/// </remarks>
public static class Perplexity
{
    /// <summary>Tokens per forward pass: logits of a whole window would take hundreds of megabytes.</summary>
    private const int ChunkTokens = 64;

    /// <param name="session">Slot 0 is overwritten.</param>
    /// <param name="tokenIds">At least two tokens.</param>
    /// <param name="windowTokens">Tokens of a window, at least 2 and at most the slot's capacity.</param>
    public static double Compute(IModelSession session, ReadOnlySpan<int> tokenIds, int windowTokens, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokenIds.Length, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowTokens, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windowTokens, session.SlotCapacity);
        var logits = new float[ChunkTokens * session.VocabularySize];
        var (sum, count) = (0.0, 0);
        for (var start = 0; start < tokenIds.Length - 1; start += windowTokens)
        {
            var window = tokenIds[start..Math.Min(tokenIds.Length, start + windowTokens)];
            for (var done = 0; done < window.Length - 1; done += ChunkTokens)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var chunk = window[done..Math.Min(window.Length - 1, done + ChunkTokens)];
                session.Extend(0, done, chunk, logits.AsSpan(0, chunk.Length * session.VocabularySize));
                for (var i = 0; i < chunk.Length; i++)
                {
                    sum -= LogProbability(logits.AsSpan(i * session.VocabularySize, session.VocabularySize), window[done + i + 1]);
                    count++;
                }
            }
        }

        return Math.Exp(sum / count);
    }

    private static double LogProbability(Span<float> logits, int token)
    {
        var (chosen, maximum) = (logits[token], TensorPrimitives.Max<float>(logits));
        TensorPrimitives.Subtract(logits, maximum, logits);
        TensorPrimitives.Exp(logits, logits);
        return chosen - maximum - Math.Log(TensorPrimitives.Sum<float>(logits));
    }
}
