using System.Numerics;
using System.Numerics.Tensors;

namespace TaskServices.Inference.Scheduling;

/// <summary>Draws a token by temperature and top-p (nucleus) sampling (Holtzman et al., 2020) from the allowed tokens.</summary>
/// <remarks>Not thread safe: reuses its buffers.</remarks>
internal sealed class TokenSampler(int vocabularySize)
{
    private readonly float[] _weights = new float[vocabularySize];
    private readonly int[] _tokenIds = new int[vocabularySize];

    /// <param name="mask">Bits of allowed tokens; empty allows all.</param>
    /// <param name="uniform">The random number in [0, 1) that decides.</param>
    /// <returns>The token, or -1 where the mask allows none.</returns>
    public int Sample(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, SamplingOptions sampling, double uniform)
    {
        var count = Gather(logits, mask);
        if (count == 0)
            return -1;
        var weights = _weights.AsSpan(0, count);
        var greedy = _tokenIds[TensorPrimitives.IndexOfMax(weights)];
        TensorPrimitives.Subtract(weights, logits[greedy], weights);
        TensorPrimitives.Divide(weights, (float)sampling.Temperature, weights);
        TensorPrimitives.Exp(weights, weights);
        var total = LogSoftmax.Sum(weights);
        if (!double.IsFinite(total) || total <= 0)
            return greedy; // Every allowed token has probability 0, or the temperature is so small that it is greedy.

        if (sampling.TopP < 1)
            (count, total) = KeepNucleus(count, total, sampling.TopP);
        var threshold = uniform * total;
        var cumulative = 0.0;
        for (var i = 0; i < count; i++)
        {
            cumulative += _weights[i];
            if (cumulative > threshold)
                return _tokenIds[i];
        }

        return _tokenIds[count - 1] is var last && _weights[count - 1] > 0 ? last : greedy; // Rounding left the sum just short.
    }

    private int Gather(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask)
    {
        if (mask.IsEmpty)
        {
            logits.CopyTo(_weights);
            for (var i = 0; i < logits.Length; i++)
                _tokenIds[i] = i;
            return logits.Length;
        }

        var count = 0;
        foreach (var tokenId in new SetBits(mask, logits.Length))
        {
            _tokenIds[count] = tokenId;
            _weights[count++] = logits[tokenId];
        }

        return count;
    }

    /// <summary>Moves the fewest likeliest tokens whose mass reaches <paramref name="topP"/> to the front.</summary>
    private (int Count, double Mass) KeepNucleus(int count, double total, double topP)
    {
        // A token below this share cannot be in the nucleus: all such tokens together weigh less than what it leaves out.
        var cutoff = (1 - topP) * total / count;
        var candidates = 0;
        for (var i = 0; i < count; i++)
        {
            if (_weights[i] < cutoff)
                continue;
            _weights[candidates] = _weights[i];
            _tokenIds[candidates++] = _tokenIds[i];
        }

        var weights = _weights.AsSpan(0, candidates);
        var tokenIds = _tokenIds.AsSpan(0, candidates);
        weights.Sort(tokenIds);
        weights.Reverse();
        tokenIds.Reverse();
        var mass = 0.0;
        for (var i = 0; i < candidates; i++)
        {
            mass += weights[i];
            if (mass >= topP * total)
                return (i + 1, mass);
        }

        return (candidates, mass);
    }
}

/// <summary>Enumerates the set bits below a bound without allocating.</summary>
internal ref struct SetBits(ReadOnlySpan<ulong> words, int bound)
{
    private readonly ReadOnlySpan<ulong> _words = words[..Math.Min(words.Length, (bound + 63) / 64)];
    private int _next;
    private ulong _rest;

    public int Current { get; private set; }

    public readonly SetBits GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_rest == 0)
        {
            if (_next == _words.Length)
                return false;
            _rest = _words[_next++];
        }

        Current = ((_next - 1) * 64) + BitOperations.TrailingZeroCount(_rest);
        _rest &= _rest - 1;
        return Current < bound;
    }
}
