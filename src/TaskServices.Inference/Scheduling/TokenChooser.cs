namespace TaskServices.Inference.Scheduling;

/// <summary>Chooses a sequence's next token from logits: grammar, then greedy or sampled.</summary>
/// <remarks>Not thread safe: reuses its buffers.</remarks>
internal sealed class TokenChooser
{
    private readonly int[] _defaultEndTokenIds;
    private readonly int _vocabularySize;
    private readonly ulong[] _mask;
    private readonly TokenSampler _sampler;
    private readonly RequestObserver? _observer;

    /// <param name="logitCount">Logits of the model; may be padded beyond the tokenizer's vocabulary.</param>
    /// <param name="observer">Learns of masks, or null.</param>
    public TokenChooser(int logitCount, int tokenizerVocabularySize, IReadOnlyList<int> defaultEndTokenIds, RequestObserver? observer)
    {
        _observer = observer;
        _defaultEndTokenIds = [.. defaultEndTokenIds];
        _vocabularySize = Math.Min(logitCount, tokenizerVocabularySize);
        _mask = new ulong[(Math.Max(logitCount, tokenizerVocabularySize) + 63) / 64];
        _sampler = new TokenSampler(_vocabularySize);
    }

    /// <summary>Chooses a token; does not advance the grammar.</summary>
    /// <param name="logits">All the model's logits.</param>
    /// <returns>The token and its log-probability under the full softmax.</returns>
    /// <exception cref="InferenceException"><c>LOGITS_NOT_FINITE</c>, <c>GRAMMAR_DEAD_END</c>.</exception>
    public (int TokenId, double LogProbability) Choose(GeneratedSequence sequence, ReadOnlySpan<float> logits)
    {
        var (greedy, logNormalizer) = LogSoftmax.Normalize(logits);
        var isSampled = sequence.Sampling.Temperature > 0;
        int tokenId;
        if (!isSampled && greedy < _vocabularySize && Allows(sequence, greedy))
        {
            tokenId = greedy;
        }
        else
        {
            var mask = sequence.Grammar is null ? [] : WriteMask(sequence);
            var candidates = logits[.._vocabularySize];
            tokenId = isSampled
                ? _sampler.Sample(
                    candidates, mask, sequence.Sampling, SplitMix64.NextUniform(sequence.Sampling.Seed, sequence.CompletionLength))
                : GreedyAllowed(candidates, mask);
        }

        return tokenId >= 0
            ? (tokenId, logits[tokenId] - logNormalizer)
            : throw new InferenceException(
                "GRAMMAR_DEAD_END",
                $"The grammar allows no token after {sequence.CompletionLength} completion tokens with {sequence.RemainingTokens} left; "
                + "allow more completion tokens or correct the grammar.");
    }

    private static int GreedyAllowed(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask)
    {
        if (mask.IsEmpty)
            return System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits);
        var best = -1;
        foreach (var tokenId in new SetBits(mask, logits.Length))
        {
            if (best < 0 || logits[tokenId] > logits[best])
                best = tokenId;
        }

        return best;
    }

    private bool Allows(GeneratedSequence sequence, int tokenId)
    {
        if (sequence.Grammar is not { } grammar)
            return true;
        if (sequence.EndTokenIds.Contains(tokenId))
            return grammar.CanEnd;
        return !_defaultEndTokenIds.Contains(tokenId) && grammar.Allows(tokenId, sequence.RemainingTokens);
    }

    private ReadOnlySpan<ulong> WriteMask(GeneratedSequence sequence)
    {
        var start = _observer?.Time.GetTimestamp() ?? 0;
        var isCached = sequence.Grammar!.WriteMask(sequence.RemainingTokens, _mask);
        _observer?.Metrics?.RecordMask(_observer.Model, _observer.Time.GetElapsedTime(start), isCached);

        // The grammar marks the tokenizer's end tokens; the request may name others.
        foreach (var tokenId in _defaultEndTokenIds)
            SetBit(tokenId, false);
        foreach (var tokenId in sequence.EndTokenIds)
            SetBit(tokenId, sequence.Grammar.CanEnd);
        return _mask;
    }

    private void SetBit(int tokenId, bool value)
    {
        var bit = 1UL << (tokenId & 63);
        _mask[tokenId >> 6] = value ? _mask[tokenId >> 6] | bit : _mask[tokenId >> 6] & ~bit;
    }
}
