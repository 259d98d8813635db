using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>The states that matchers of one grammar have been in, with their masks. Safe for several threads.</summary>
/// <remarks>When <see cref="IsFull"/>, new states are not kept; <see cref="TokenGrammar"/> then gives new matchers a fresh one.</remarks>
internal sealed class MatcherStates
{
    private readonly TokenDistances _distances;
    private readonly Dictionary<int, MatcherState> _ofHash = [];
    private readonly Lock _lock = new();
    private readonly long _maxBytes;
    private long _bytes;

    public MatcherStates(Grammar grammar, TokenDistances distances, SpanMasks spans, long maxBytes)
    {
        (_distances, Spans, _maxBytes) = (distances, spans, maxBytes);
        Pool = new StackPool(distances);
        Slices = new SliceDistances(distances);
        var start = new Configuration(grammar.Root, Automaton.Start, Pool.Bottom);
        Initial = Get(grammar.Root.HasContinuation(Automaton.Start) ? [start] : [], grammar.Root.MinimumBytes == 0);
    }

    public StackPool Pool { get; }

    public SliceDistances Slices { get; }

    public SpanMasks Spans { get; }

    public PlaceMasks Places { get; } = new();

    public MatcherState Initial { get; }

    public long Bytes => Volatile.Read(ref _bytes) + Pool.Bytes;

    public bool IsFull => Bytes > _maxBytes;

    /// <summary>Counts memory that a state has come to hold.</summary>
    public void Count(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Gets the bound on the tokens that complete a sentence from these configurations.</summary>
    public int GetDistance(ReadOnlySpan<Configuration> configurations, bool canEnd)
    {
        var distance = canEnd ? 0 : GrammarFacts.Unreachable;
        foreach (ref readonly var item in configurations)
        {
            distance = Math.Min(distance, _distances.Get(item.Automaton, item.State) + item.Stack.Distance);
        }

        return distance;
    }

    /// <summary>Gets the one state of these configurations, whose order does not matter.</summary>
    public MatcherState Get(ReadOnlySpan<Configuration> configurations, bool canEnd)
    {
        var hash = canEnd ? 1 : 0;
        foreach (ref readonly var item in configurations)
        {
            hash += HashCode.Combine(item.Automaton.Index, item.State, item.Stack.Id);
        }

        lock (_lock)
        {
            _ofHash.TryGetValue(hash, out var head);
            for (var state = head; state is not null; state = state.Next)
            {
                if (state.CanEnd == canEnd && HasSame(state.Configurations, configurations))
                {
                    return state;
                }
            }

            var added = new MatcherState(configurations.ToArray(), canEnd, GetDistance(configurations, canEnd), hash) { Next = head };
            if (!IsFull)
            {
                _ofHash[hash] = added;
                Count(160 + (24L * configurations.Length));
            }

            return added;
        }
    }

    private static bool HasSame(ReadOnlySpan<Configuration> left, ReadOnlySpan<Configuration> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        foreach (ref readonly var item in right)
        {
            if (!left.Contains(item))
            {
                return false;
            }
        }

        return true;
    }
}
