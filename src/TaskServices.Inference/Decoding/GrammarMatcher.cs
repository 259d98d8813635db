using TaskServices.Inference.Decoding.Matching;

namespace TaskServices.Inference.Decoding;

/// <summary>Follows one completion; see <see cref="TokenGrammar"/>.</summary>
internal sealed class GrammarMatcher : IGrammarMatcher
{
    // What one completion may cost beside others: enough for the first masks of a large vocabulary, then what a token earns.
    private const long FirstWork = 30_000_000;
    private const long WorkPerToken = 2_000_000;

    private readonly TokenGrammar _grammar;
    private readonly MatcherStates _states;
    private readonly ConfigurationStepper _stepper;
    private readonly MaskWriter _maskWriter;
    private readonly List<int> _recent = [];
    private MatcherState _state;
    private int _remainingTokens = int.MaxValue;
    private bool _hasEnded;

    public GrammarMatcher(TokenGrammar grammar, MatcherStates states)
    {
        (_grammar, _states, _state) = (grammar, states, states.Initial);
        _stepper = new ConfigurationStepper(states.Pool) { RemainingWork = FirstWork };
        _maskWriter = new MaskWriter(grammar.Vocabulary, states, _stepper);
    }

    public bool CanEnd => _state.CanEnd;

    public bool MustEnd => _hasEnded || _state.Configurations.Length == 0;

    public bool Allows(int tokenId, int remainingTokens)
    {
        _remainingTokens = remainingTokens;
        if (IsEndToken(tokenId))
        {
            return CanEnd;
        }

        return TryFollow(tokenId, out var configurations, out var canEnd)
            && _states.GetDistance(configurations, canEnd) is var distance && distance < remainingTokens
            && distance < Automata.GrammarFacts.Unreachable;
    }

    public bool WriteMask(int remainingTokens, Span<ulong> mask)
    {
        _remainingTokens = remainingTokens;
        if (remainingTokens < _state.Distance)
        {
            throw new GrammarException(
                "GRAMMAR_BUDGET_TOO_SMALL",
                $"The grammar needs {_state.Distance} tokens to end its sentence and {remainingTokens} are left; raise the token limit.");
        }

        var words = mask[..((_grammar.Tokenizer.VocabularySize + 63) / 64)];
        mask[words.Length..].Clear();
        var isCached = true;
        if (MustEnd)
        {
            words.Clear();
        }
        else
        {
            isCached = WriteTokens(remainingTokens, words);
        }

        for (var i = 0; CanEnd && i < _grammar.Tokenizer.EndTokenIds.Count; i++)
        {
            var token = _grammar.Tokenizer.EndTokenIds[i];
            words[token >> 6] |= 1UL << (token & 63);
        }

        return isCached;
    }

    public void Accept(int tokenId)
    {
        if (IsEndToken(tokenId) && CanEnd)
        {
            _hasEnded = true;
            return;
        }

        if (IsEndToken(tokenId) || !TryFollow(tokenId, out var configurations, out var canEnd))
        {
            throw new InvalidOperationException($"Token {tokenId} is not allowed here.");
        }

        _state = _states.Get(configurations, canEnd);
        _stepper.RemainingWork = Math.Min(FirstWork, _stepper.RemainingWork + WorkPerToken);
        _recent.Add(tokenId);
        _remainingTokens -= _remainingTokens == int.MaxValue ? 0 : 1;
    }

    public IReadOnlyList<int> GetForcedTokens()
    {
        if (_hasEnded)
        {
            return [];
        }

        var bytes = _state.ForcedBytes ??= ForcedText.Find(_stepper, _state);
        var tokens = ForcedText.Tokenize(_grammar, _stepper, _state, bytes, _recent);

        // A canonical segmentation can be longer than the shortest: forced tokens never use up the budget that the rest needs.
        return tokens.Count > 0 && _remainingTokens != int.MaxValue && DistanceAfter(tokens) + tokens.Count > _remainingTokens ? [] : tokens;
    }

    public int CountAllowed(ReadOnlySpan<int> tokenIds, int remainingTokens)
    {
        var (state, remaining) = (_state, _remainingTokens);
        var count = 0;
        while (count < tokenIds.Length && !IsEndToken(tokenIds[count]) && Allows(tokenIds[count], remainingTokens - count)
            && TryFollow(tokenIds[count], out var configurations, out var canEnd))
        {
            _state = _states.Get(configurations, canEnd);
            count++;
        }

        (_state, _remainingTokens) = (state, remaining);
        return count;
    }

    /// <returns>Whether the tokens come from a mask that was there before.</returns>
    private bool WriteTokens(int remainingTokens, Span<ulong> words)
    {
        var cached = Volatile.Read(ref _state.Mask);
        var wasCached = cached is not null;
        if (cached is null && !_states.IsFull)
        {
            var built = new ulong[words.Length];
            cached = new CachedMask(built, _maskWriter.Write(_state, int.MaxValue, built));
            Volatile.Write(ref _state.Mask, cached);
            _states.Count(8L * built.Length);
        }

        if (cached is not null && cached.MaxDistance < remainingTokens)
        {
            cached.Words.CopyTo(words);
            return wasCached;
        }

        _maskWriter.Write(_state, remainingTokens - 1, words);
        return false;
    }

    private bool TryFollow(int tokenId, out ReadOnlySpan<Configuration> configurations, out bool canEnd)
    {
        configurations = default;
        canEnd = false;
        var bytes = _grammar.Tokenizer.GetTokenBytes(tokenId);
        if (bytes.IsEmpty || MustEnd)
        {
            return false;
        }

        var begin = 0;
        var end = _stepper.Load(_state.Configurations);
        foreach (var value in bytes)
        {
            var next = _stepper.Step(begin, end, value, out canEnd);
            begin = end;
            end = next;
            if (begin == end && !canEnd)
            {
                return false;
            }
        }

        configurations = _stepper[begin, end];
        return true;
    }

    private int DistanceAfter(IReadOnlyList<int> tokens)
    {
        var canEnd = CanEnd;
        var end = _stepper.Load(_state.Configurations);
        foreach (var token in tokens)
        {
            foreach (var value in _grammar.Tokenizer.GetTokenBytes(token))
            {
                var next = _stepper.Step(0, end, value, out canEnd);
                end = _stepper.Load(_stepper[end, next]);
            }
        }

        return _states.GetDistance(_stepper[0, end], canEnd);
    }

    private bool IsEndToken(int tokenId)
    {
        var ends = _grammar.Tokenizer.EndTokenIds;
        for (var i = 0; i < ends.Count; i++)
        {
            if (ends[i] == tokenId)
            {
                return true;
            }
        }

        return false;
    }
}
