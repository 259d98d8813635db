using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>Walks the token trie with the grammar and sets a bit for every token that fits.</summary>
internal sealed class MaskWriter(SlicedVocabulary vocabulary, MatcherStates states, ConfigurationStepper stepper)
{
    // By depth in the trie, where the configurations after that many bytes end in the stepper's buffer.
    private readonly int[] _ends = new int[vocabulary.Trie.MaxDepth + 2];

    // By depth, where a span stands after that many bytes.
    private readonly int[] _inside = new int[vocabulary.Trie.MaxDepth + 1];

    /// <param name="maxDistance">Tokens after which the sentence needs more than this are left out.</param>
    /// <returns>The largest distance after a token of the mask, or a bound on it.</returns>
    public int Write(MatcherState state, int maxDistance, Span<ulong> mask)
    {
        foreach (var slice in vocabulary.Slices)
        {
            var distance = states.Slices.GetDistance(slice, state.Configurations);
            if (distance <= maxDistance && distance < GrammarFacts.Unreachable)
            {
                slice.Tokens.CopyTo(mask);
                return Math.Max(distance, Walk(slice.Rest, state, maxDistance, mask, span: null));
            }
        }

        mask.Clear();
        var span = OpenSpan.Find(state.Configurations, states.Pool);
        var inside = span is null ? 0 : WriteInside(span, maxDistance, mask);
        return Math.Max(inside, Walk(vocabulary.Trie, state, maxDistance, mask, span));
    }

    /// <summary>Sets the tokens that lie inside a span.</summary>
    private int WriteInside(OpenSpan span, int maxDistance, Span<ulong> mask)
    {
        var largest = 0;
        var visits = 0;
        var nodes = vocabulary.Trie.Nodes;
        _inside[0] = span.State;
        for (var i = 1; i < nodes.Length; visits++)
        {
            ref readonly var node = ref nodes[i];
            var next = span.Step(_inside[node.Depth - 1], node.Label);
            _inside[node.Depth] = next;
            if (next == Automaton.Dead)
            {
                i = node.End;
                continue;
            }

            if (node.Token >= 0)
            {
                Allow(node.Token, span.GetDistance(states, next), maxDistance, ref largest, mask);
            }

            i++;
        }

        stepper.RemainingWork -= visits / 4;
        return largest;
    }

    /// <param name="span">Where given, its tokens are in the mask already: parts of the trie that cannot leave it are passed over.</param>
    private int Walk(TokenTrie trie, MatcherState state, int maxDistance, Span<ulong> mask, OpenSpan? span)
    {
        _inside[0] = span?.State ?? Automaton.Dead;
        _ends[0] = 0;
        _ends[1] = stepper.Load(state.Configurations);
        var firstBytes = default(ByteSet);
        foreach (ref readonly var item in state.Configurations.AsSpan())
        {
            firstBytes.UnionWith(item.Automaton.GetBytes(item.State));
        }

        var largest = 0;
        var nodes = trie.Nodes;
        for (var i = 1; i < nodes.Length;)
        {
            ref readonly var node = ref nodes[i];
            if (node.Depth == 1 && !firstBytes.Contains(node.Label))
            {
                // Most places expect few of the bytes that tokens begin with.
                i = node.End;
                continue;
            }

            var end = _ends[node.Depth];
            var newEnd = stepper.Step(_ends[node.Depth - 1], end, node.Label, out var canEnd);
            _ends[node.Depth + 1] = newEnd;
            if (node.Token >= 0 && (canEnd || newEnd > end))
            {
                Allow(node.Token, states.GetDistance(stepper[end, newEnd], canEnd), maxDistance, ref largest, mask);
            }

            var isDone = newEnd == end;
            if (span is not null)
            {
                var inside = span.Step(_inside[node.Depth - 1], node.Label);
                _inside[node.Depth] = inside;
                isDone |= (trie.ClassesBelow[i] & span.ClassesAfter) == 0 && span.IsAll(stepper[end, newEnd], inside);
            }

            i = isDone ? node.End : i + 1;
        }

        return largest;
    }

    private void Allow(int token, int distance, int maxDistance, ref int largest, Span<ulong> mask)
    {
        if (distance > maxDistance || distance >= GrammarFacts.Unreachable)
        {
            return;
        }

        largest = Math.Max(largest, distance);
        for (var same = token; same >= 0; same = vocabulary.Trie.GetSameBytes(same))
        {
            mask[same >> 6] |= 1UL << (same & 63);
        }
    }
}
