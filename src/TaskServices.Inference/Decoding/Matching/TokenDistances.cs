using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>
/// A bound on the tokens from a state to its automaton's end: the fewest when no token reaches across the border of a call and tokens of
/// more than one byte follow a shortest way in bytes.
/// </summary>
/// <remarks>
/// The bound is one that can be kept: from a state at distance d &gt; 0 some token leads to distance d − 1 or less. So a completion that
/// only takes tokens whose distance afterwards fits the rest of the budget always ends in time. Where the vocabulary lacks a byte that
/// every way needs, the distance is <see cref="GrammarFacts.Unreachable"/> and no token may lead there.
/// </remarks>
internal sealed class TokenDistances
{
    private const int MaxVisitsPerNode = 256;
    private const int MaxPasses = 32;
    private const int MaxVisits = 4_000_000;

    private readonly Grammar _grammar;
    private readonly TokenTrie _trie;
    private readonly int[][] _ofNode;
    private readonly int[] _ofAutomaton;
    private readonly int[][] _ofState;
    private int _visits;

    public TokenDistances(Grammar grammar, TokenTrie trie)
    {
        (_grammar, _trie) = (grammar, trie);
        var rules = grammar.Facts.Rules;
        _ofAutomaton = new int[grammar.Automata.Count];
        _ofAutomaton.AsSpan().Fill(GrammarFacts.Unreachable);
        _ofState = new int[grammar.Automata.Count][];
        for (var i = 0; i < _ofState.Length; i++)
        {
            _ofState[i] = grammar.Automata[i] switch
            {
                LiteralSetAutomaton set => OfLiteralSet(set),
                SubstringAutomaton substring => OfSubstring(substring),
                _ => [],
            };
            _ofAutomaton[i] = i < rules.Count ? GrammarFacts.Unreachable : _ofState[i][Automaton.Start];
        }

        _ofNode = ShortestSentences.Compute(rules, _ofAutomaton, HasByteIn);
        ShortenByLongTokens();
    }

    /// <summary>Gets the bound for a state of an automaton.</summary>
    public int Get(Automaton automaton, int state)
    {
        if (automaton is not RuleAutomaton rule)
        {
            return _ofState[automaton.Index][state];
        }

        var known = Volatile.Read(ref _ofState[rule.Index]);
        if (state < known.Length && Volatile.Read(ref known[state]) is var stored and > 0)
        {
            return stored - 1;
        }

        var distance = GrammarFacts.Unreachable;
        foreach (var node in rule.GetMembers(state))
        {
            distance = Math.Min(distance, _ofNode[rule.Index][node]);
        }

        Store(rule.Index, state, distance);
        return distance;
    }

    private void Store(int rule, int state, int distance)
    {
        lock (_ofNode)
        {
            var states = _ofState[rule];
            if (state >= states.Length)
            {
                Array.Resize(ref states, Math.Max(16, 2 * (state + 1)));
                Volatile.Write(ref _ofState[rule], states);
            }

            // One more than the distance: 0 is not known yet.
            Volatile.Write(ref states[state], distance + 1);
        }
    }

    private bool HasByteIn(byte low, byte high) => _trie.HasByte.AsSpan(low, high - low + 1).Contains(true);

    /// <summary>Lets tokens of several bytes shorten the ways until nothing changes; stopping early leaves a larger bound.</summary>
    private void ShortenByLongTokens()
    {
        var rules = _grammar.Facts.Rules;
        var bytes = _ofNode.Select(row => row.ToArray()).ToArray();
        var order = Enumerable.Range(0, rules.Count)
            .SelectMany(rule => Enumerable.Range(0, rules[rule].NodeCount).Select(node => (rule, node)))
            .Where(place => bytes[place.rule][place.node] < GrammarFacts.Unreachable)
            .OrderBy(place => bytes[place.rule][place.node]).ToArray();
        var open = new Stack<(int Trie, int Node)>();
        var changed = true;
        for (var pass = 0; changed && pass < MaxPasses && _visits < MaxVisits; pass++)
        {
            changed = false;
            foreach (var (rule, node) in order)
            {
                if (_visits >= MaxVisits)
                {
                    break;
                }

                var best = Shorten(rules[rule], node, bytes[rule], _ofNode[rule], open);
                if (best < _ofNode[rule][node])
                {
                    _ofNode[rule][node] = best;
                    changed = true;
                }

                if (node == Nfa.Start)
                {
                    _ofAutomaton[rule] = _ofNode[rule][node];
                }
            }
        }
    }

    private int Shorten(Nfa nfa, int start, int[] bytes, int[] tokens, Stack<(int Trie, int Node)> open)
    {
        var best = tokens[start];
        foreach (ref readonly var edge in nfa[start])
        {
            if (edge.Kind == NfaEdgeKind.Call)
            {
                best = Math.Min(best, _ofAutomaton[edge.Callee] + tokens[edge.Target]);
            }
            else if (edge.Kind == NfaEdgeKind.Empty)
            {
                best = Math.Min(best, tokens[edge.Target]);
            }
        }

        open.Clear();
        open.Push((TokenTrie.Root, start));
        for (var visits = 0; visits < MaxVisitsPerNode && open.TryPop(out var place); visits++, _visits++)
        {
            foreach (ref readonly var edge in nfa[place.Node])
            {
                if (edge.Kind == NfaEdgeKind.Empty && place.Trie != TokenTrie.Root && bytes[edge.Target] == bytes[place.Node])
                {
                    open.Push((place.Trie, edge.Target));
                }
                else if (edge.Kind == NfaEdgeKind.Bytes && bytes[edge.Target] + 1 == bytes[place.Node])
                {
                    PushTokens(edge, place.Trie, tokens[edge.Target] + 1, ref best, open);
                }
            }
        }

        return best;
    }

    private void PushTokens(in NfaEdge edge, int trie, int distance, ref int best, Stack<(int Trie, int Node)> open)
    {
        foreach (var child in _trie.GetChildren(trie))
        {
            if (_trie.GetLabel(child) is var label && label >= edge.Low && label <= edge.High)
            {
                best = _trie.GetToken(child) >= 0 ? Math.Min(best, distance) : best;
                open.Push((child, edge.Target));
            }
        }
    }

    private int[] OfLiteralSet(LiteralSetAutomaton set)
    {
        var bytes = new int[set.StateCount];
        var next = new int[set.StateCount];
        var tokens = new int[set.StateCount];
        for (var state = set.StateCount - 1; state >= 0; state--)
        {
            // The nearest end in bytes; tokens are laid along the way there.
            (bytes[state], next[state]) = set.IsAccepting(state) ? (0, -1) : (GrammarFacts.Unreachable, -1);
            var (first, end) = set.GetChildren(state);
            for (var child = first; child < end; child++)
            {
                if (_trie.HasByte[set.GetLabel(child)] && bytes[child] + 1 < bytes[state])
                {
                    (bytes[state], next[state]) = (bytes[child] + 1, child);
                }
            }

            tokens[state] = bytes[state];
            var trie = TokenTrie.Root;
            for (var at = next[state]; at >= 0 && (trie = _trie.FindChild(trie, set.GetLabel(at))) >= 0; at = next[at])
            {
                tokens[state] = _trie.GetToken(trie) >= 0 ? Math.Min(tokens[state], tokens[at] + 1) : tokens[state];
            }
        }

        return tokens;
    }

    private int[] OfSubstring(SubstringAutomaton substring)
    {
        var distances = new int[substring.StateCount];
        for (var state = 0; state < distances.Length; state++)
        {
            distances[state] = state != Automaton.Start && substring.IsAccepting(state) ? 0 : BytesToBorder(substring, state, 4);
        }

        return distances;
    }

    /// <summary>Counts the bytes that end the character begun here; no character has more than four.</summary>
    private int BytesToBorder(SubstringAutomaton substring, int state, int limit)
    {
        var best = GrammarFacts.Unreachable;
        var (labels, targets, first, end) = substring.GetEdges(state);
        for (var edge = first; edge < end && limit > 0; edge++)
        {
            if (_trie.HasByte[labels[edge]])
            {
                best = Math.Min(best, 1 + (substring.IsAccepting(targets[edge]) ? 0 : BytesToBorder(substring, targets[edge], limit - 1)));
            }
        }

        return best;
    }
}
