using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>Walks the token trie with the grammar and sets a bit for every token that fits.</summary>
internal sealed class MaskWriter(SlicedVocabulary vocabulary, MatcherStates states, ConfigurationStepper stepper)
{
    private readonly Level[] _levels = new Level[vocabulary.Trie.MaxDepth + 1];

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

        var span = OpenSpan.Find(state.Configurations, states.Pool);
        var inside = 0;
        if (span is null)
        {
            mask.Clear();
        }
        else
        {
            inside = states.Spans.Write(span, maxDistance, mask, out var visits);
            stepper.RemainingWork -= visits / 4;
        }

        return Math.Max(inside, Walk(vocabulary.Trie, state, maxDistance, mask, span));
    }

    /// <param name="span">Where given, its tokens are in the mask already: parts of the trie that cannot leave it are passed over.</param>
    private int Walk(TokenTrie trie, MatcherState state, int maxDistance, Span<ulong> mask, OpenSpan? span)
    {
        var largest = 0;
        Open(ref _levels[0], trie.GetChildren(TokenTrie.Root), 0, stepper.Load(state.Configurations), span?.State ?? Automaton.Dead, span);
        for (var depth = 0; depth >= 0;)
        {
            ref var level = ref _levels[depth];
            if (level.Child == level.LastChild)
            {
                depth--;
                continue;
            }

            var child = level.Child++;
            var label = trie.GetLabel(child);
            if (!level.Bytes.Contains(label) || (level.IsInSpan && (trie.GetClasses(child) & span!.ClassesAfter) == 0))
            {
                continue;
            }

            var end = stepper.Step(level.Begin, level.End, label, out var canEnd);
            var token = trie.GetToken(child);
            if (token >= 0 && (canEnd || end > level.End))
            {
                Allow(token, states.GetDistance(stepper[level.End, end], canEnd), maxDistance, ref largest, mask);
            }

            var below = trie.GetChildren(child);
            if (end > level.End && below.First < below.End)
            {
                Open(ref _levels[++depth], below, level.End, end, span is null ? Automaton.Dead : span.Step(level.Inside, label), span);
            }
        }

        return largest;
    }

    private void Open(ref Level level, NodeRange children, int begin, int end, int inside, OpenSpan? span)
    {
        (level.Child, level.LastChild) = (children.First, children.End);
        (level.Begin, level.End, level.Inside) = (begin, end, inside);
        level.IsInSpan = span is not null && span.IsAll(stepper[begin, end], inside);

        // Most places take few of the bytes that tokens go on with.
        level.Bytes = default;
        foreach (ref readonly var item in stepper[begin, end])
        {
            level.Bytes.UnionWith(item.Automaton.GetBytes(item.State));
        }
    }

    private void Allow(int token, int distance, int maxDistance, ref int largest, Span<ulong> mask)
    {
        if (distance > maxDistance || distance >= GrammarFacts.Unreachable)
        {
            return;
        }

        largest = Math.Max(largest, distance);
        vocabulary.Trie.Allow(token, mask);
    }

    /// <summary>One depth of a walk: the children still to be looked at, and the places after the bytes so far.</summary>
    private struct Level
    {
        public int Child;
        public int LastChild;

        /// <summary>Where the places stand in the stepper's buffer.</summary>
        public int Begin;
        public int End;

        /// <summary>Where the span stands.</summary>
        public int Inside;

        /// <summary>Whether there is no place but the span and those right behind it.</summary>
        public bool IsInSpan;

        /// <summary>The bytes that some place takes.</summary>
        public ByteSet Bytes;
    }
}
