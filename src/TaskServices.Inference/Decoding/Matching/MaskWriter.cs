using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>Walks the token trie with the grammar and sets a bit for every token that fits.</summary>
internal sealed class MaskWriter(SlicedVocabulary vocabulary, MatcherStates states, ConfigurationStepper stepper)
{
    private const int MaxPlaces = 48;
    private const int MaxExits = 256;

    private readonly Level[] _levels = new Level[vocabulary.Trie.MaxDepth + 1];
    private readonly List<Configuration> _places = [];
    private readonly List<int> _exits = [];

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
                return Math.Max(distance, Walk(slice.Rest, TokenTrie.Root, stepper.Load(state.Configurations), maxDistance, mask));
            }
        }

        mask.Clear();
        if (OpenSpan.Find(state.Configurations, states.Pool) is { } span)
        {
            var inside = states.Spans.Write(span, maxDistance, mask, out var visits);
            stepper.RemainingWork -= visits / 4;
            return Math.Max(inside, Walk(vocabulary.Trie, TokenTrie.Root, stepper.Load(state.Configurations), maxDistance, mask, span));
        }

        if (TryWritePlaces(state, maxDistance, mask, out var largest))
        {
            return largest;
        }

        mask.Clear();
        return Walk(vocabulary.Trie, TokenTrie.Root, stepper.Load(state.Configurations), maxDistance, mask);
    }

    /// <summary>Makes the masks of the places where rules begin, which most states share; those of free text are slices and need none.</summary>
    public void Prepare(Grammar grammar)
    {
        foreach (var automaton in grammar.Automata.Where(automaton => automaton is not SubstringAutomaton).Take(MaxPlaces))
        {
            var begin = new Configuration(automaton, Automaton.Start, states.Pool.Bottom);
            if (vocabulary.Slices.All(slice => states.Slices.GetDistance(slice, [begin]) >= GrammarFacts.Unreachable))
            {
                _ = GetPlace(automaton, Automaton.Start);
            }
        }
    }

    /// <summary>
    /// Puts a mask together from those of the state's places and of the calls that can begin there. Only tokens that leave an automaton
    /// are followed through what the automaton's call stands on.
    /// </summary>
    private bool TryWritePlaces(MatcherState state, int maxDistance, Span<ulong> mask, out int largest)
    {
        largest = 0;
        _places.Clear();
        _places.AddRange(state.Configurations);
        for (var i = 0; i < _places.Count; i++)
        {
            var (automaton, at, stack) = _places[i];
            foreach (ref readonly var call in automaton.GetCalls(at))
            {
                var begun = new Configuration(call.Callee, Automaton.Start, call.IsTail ? stack : states.Pool.Push(stack, automaton, call.ReturnState));
                if (!_places.Contains(begun))
                {
                    _places.Add(begun);
                }
            }

            if (_places.Count > MaxPlaces)
            {
                return false;
            }
        }

        foreach (var (automaton, at, stack) in _places)
        {
            if (stack.Distance < GrammarFacts.Unreachable && !TryWritePlace(GetPlace(automaton, at), stack, maxDistance, mask, ref largest))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryWritePlace(PlaceMask place, StackSet stack, int maxDistance, Span<ulong> mask, ref int largest)
    {
        var distance = place.MaxDistance + stack.Distance;
        if (distance > maxDistance || distance >= GrammarFacts.Unreachable)
        {
            return false;
        }

        place.AddTo(mask);
        largest = Math.Max(largest, distance);
        if (place.Exits.Length == 0)
        {
            return true;
        }

        if (PlacesAfter.Collect(stack) is not { } after)
        {
            return false;
        }

        if (place.CanLeaveWith(after.Bytes))
        {
            var end = stepper.Load(after.Places);
            foreach (var exit in place.Exits)
            {
                largest = Math.Max(largest, Walk(vocabulary.Trie, exit, end, maxDistance, mask));
            }
        }

        return true;
    }

    private PlaceMask GetPlace(Automaton automaton, int state)
    {
        if (states.Places.TryGet(automaton, state, out var known))
        {
            return known;
        }

        if (states.IsFull)
        {
            return PlaceMask.None;
        }

        _exits.Clear();
        var words = new ulong[vocabulary.Slices[0].Tokens.Length];
        var distance = Walk(
            vocabulary.Trie, TokenTrie.Root, stepper.Load([new Configuration(automaton, state, states.Pool.Bottom)]), int.MaxValue, words, span: null, _exits);
        var made = _exits.Count > MaxExits ? PlaceMask.None : new PlaceMask(vocabulary.Trie, words, distance, _exits);
        if (states.Places.Add(automaton, state, made))
        {
            states.Count(made.Bytes);
        }

        return made;
    }

    /// <summary>Walks the trie below a node from the configurations loaded into the stepper.</summary>
    /// <param name="span">Where given, its tokens are in the mask already: parts of the trie that cannot leave it are passed over.</param>
    /// <param name="exits">
    /// Where given, the walk is that of one place: its calls are not begun, and this takes the nodes where its automaton may end. When they
    /// are too many, the walk ends early.
    /// </param>
    private int Walk(TokenTrie trie, int node, int loaded, int maxDistance, Span<ulong> mask, OpenSpan? span = null, List<int>? exits = null)
    {
        var largest = 0;
        Open(ref _levels[0], trie.GetChildren(node), 0, loaded, span?.State ?? Automaton.Dead, span);
        for (var depth = 0; depth >= 0 && !(exits?.Count > MaxExits);)
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

            var end = stepper.Step(level.Begin, level.End, label, out var canEnd, entersCalls: exits is null || depth > 0);
            var token = trie.GetToken(child);
            if (token >= 0 && (canEnd || end > level.End))
            {
                Allow(token, states.GetDistance(stepper[level.End, end], canEnd), maxDistance, ref largest, mask);
            }

            var below = trie.GetChildren(child);
            if (below.First == below.End)
            {
                continue;
            }

            if (canEnd)
            {
                exits?.Add(child);
            }

            if (end > level.End)
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
