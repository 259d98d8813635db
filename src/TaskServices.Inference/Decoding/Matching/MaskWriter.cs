using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>Walks the token trie with the grammar and sets a bit for every token that fits.</summary>
internal sealed class MaskWriter(SlicedVocabulary vocabulary, MatcherStates states, ConfigurationStepper stepper)
{
    // By depth in the trie, where the configurations after that many bytes end in the stepper's buffer.
    private readonly int[] _ends = new int[vocabulary.Trie.MaxDepth + 2];

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
                return Math.Max(distance, Walk(slice.Rest, state, maxDistance, mask));
            }
        }

        mask.Clear();
        return Walk(vocabulary.Trie, state, maxDistance, mask);
    }

    private int Walk(TokenTrie trie, MatcherState state, int maxDistance, Span<ulong> mask)
    {
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
                var distance = states.GetDistance(stepper[end, newEnd], canEnd);
                if (distance <= maxDistance && distance < GrammarFacts.Unreachable)
                {
                    largest = Math.Max(largest, distance);
                    for (var token = node.Token; token >= 0; token = trie.GetSameBytes(token))
                    {
                        mask[token >> 6] |= 1UL << (token & 63);
                    }
                }
            }

            i = newEnd > end ? i + 1 : node.End;
        }

        return largest;
    }
}
