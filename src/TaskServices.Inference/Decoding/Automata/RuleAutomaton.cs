namespace TaskServices.Inference.Decoding.Automata;

/// <summary>A rule's automaton, made deterministic state by state as bytes are tried (subset construction, over bytes and calls).</summary>
internal sealed class RuleAutomaton : Automaton
{
    private const int Unknown = -2;
    private const int MaxStateCount = 100_000;

    private readonly GrammarFacts _facts;
    private readonly IReadOnlyList<Automaton> _automata;
    private readonly byte[] _classOfByte;
    private readonly int _classCount;
    private readonly Lock _lock = new();
    private readonly Dictionary<int[], int> _stateOfMembers = new(MemberComparer.Instance);
    private readonly Stack<int> _open = new();
    private int[]? _seenAt;
    private int _closures;
    private volatile State[] _states = new State[4];
    private int _stateCount;

    /// <param name="automata">All automata of the grammar; complete before the first step.</param>
    public RuleAutomaton(int index, GrammarFacts facts, IReadOnlyList<Automaton> automata)
        : base(index)
    {
        (_facts, _automata, Nfa) = (facts, automata, facts.Rules[index]);
        (_classOfByte, _classCount) = ByteClasses.Of(Nfa);
        MinimumBytes = facts.GetMinimumBytes(index);
        FirstBytes = facts.GetFirstBytes(index);
        GetOrAdd([Nfa.Start]);
    }

    public Nfa Nfa { get; }

    public override long Bytes => (12L * Nfa.EdgeCount) + (8L * Nfa.NodeCount);

    /// <summary>Gets the nodes of <see cref="Nfa"/> that a state stands for.</summary>
    public ReadOnlySpan<int> GetMembers(int state) => _states[state].Members;

    public override bool IsAccepting(int state) => _states[state].IsAccepting;

    public override bool HasContinuation(int state) => _states[state].HasContinuation;

    public override ByteSet GetBytes(int state) => _states[state].Bytes;

    public override int Step(int state, byte value)
    {
        var from = _states[state];
        ref var next = ref from.Next[_classOfByte[value]];
        var known = Volatile.Read(ref next);
        return known != Unknown ? known : FindNext(from, value, ref next);
    }

    public override ReadOnlySpan<Call> GetCalls(int state)
    {
        var from = _states[state];
        return from.Calls ?? FindCalls(from);
    }

    private int FindNext(State from, byte value, ref int next)
    {
        lock (_lock)
        {
            var targets = new List<int>();
            foreach (var node in from.Members)
            {
                foreach (ref readonly var edge in Nfa[node])
                {
                    if (edge.Kind == NfaEdgeKind.Bytes && edge.Low <= value && value <= edge.High)
                    {
                        targets.Add(edge.Target);
                    }
                }
            }

            var found = targets.Count == 0 ? Dead : GetOrAdd(targets);
            Volatile.Write(ref next, found);
            return found;
        }
    }

    private Call[] FindCalls(State from)
    {
        lock (_lock)
        {
            var targetsOfCallee = new SortedDictionary<int, List<int>>();
            foreach (var node in from.Members)
            {
                foreach (ref readonly var edge in Nfa[node])
                {
                    if (edge.Kind == NfaEdgeKind.Call)
                    {
                        if (!targetsOfCallee.TryGetValue(edge.Callee, out var targets))
                        {
                            targetsOfCallee.Add(edge.Callee, targets = []);
                        }

                        targets.Add(edge.Target);
                    }
                }
            }

            var calls = new List<Call>();
            foreach (var (callee, targets) in targetsOfCallee)
            {
                var returnState = GetOrAdd(targets);
                calls.Add(new Call(_automata[callee], returnState, !HasContinuation(returnState)));
            }

            Call[] found = [.. calls];
            Volatile.Write(ref from.Calls, found);
            return found;
        }
    }

    private int GetOrAdd(List<int> nodes)
    {
        var members = Close(nodes);
        if (_stateOfMembers.TryGetValue(members, out var known))
        {
            return known;
        }

        var bytes = 200 + (4L * (members.Length + _classCount));
        if (_stateCount >= MaxStateCount || !_facts.TryTakeStateMemory(bytes))
        {
            throw TooComplex();
        }

        var states = _states;
        if (_stateCount == states.Length)
        {
            Array.Resize(ref states, 2 * _stateCount);
        }

        states[_stateCount] = CreateState(members);
        _states = states;
        _stateOfMembers.Add(members, _stateCount);
        return _stateCount++;
    }

    /// <summary>Follows empty edges and calls of what may be empty; keeps only the nodes that matter, in order.</summary>
    private int[] Close(List<int> nodes)
    {
        _seenAt ??= new int[Nfa.NodeCount];
        _closures++;
        _open.Clear();
        foreach (var node in nodes)
        {
            Reach(node);
        }

        var members = new List<int>();
        var visits = 0;
        for (; _open.TryPop(out var node); visits++)
        {
            var matters = node == Nfa.Accept;
            foreach (ref readonly var edge in Nfa[node])
            {
                matters |= edge.Kind != NfaEdgeKind.Empty;
                if (_facts.IsEmptyStep(edge))
                {
                    Reach(edge.Target);
                }
            }

            if (matters)
            {
                members.Add(node);
            }
        }

        if (!_facts.TryTakeClosureWork(nodes.Count + visits))
        {
            throw TooComplex();
        }

        members.Sort();
        return [.. members];
    }

    private void Reach(int node)
    {
        if (_seenAt![node] != _closures)
        {
            _seenAt[node] = _closures;
            _open.Push(node);
        }
    }

    private GrammarException TooComplex() => new(
        "GRAMMAR_TOO_COMPLEX",
        $"The rule '{_facts.GetName(Index)}' needs too many automaton states; write its repetitions or regex more simply.");

    private State CreateState(int[] members)
    {
        var bytes = default(ByteSet);
        foreach (var node in members)
        {
            foreach (ref readonly var edge in Nfa[node])
            {
                if (edge.Kind == NfaEdgeKind.Bytes)
                {
                    bytes.AddRange(edge.Low, edge.High);
                }
                else if (edge.Kind == NfaEdgeKind.Call)
                {
                    bytes.UnionWith(_facts.GetFirstBytes(edge.Callee));
                }
            }
        }

        var next = new int[_classCount];
        next.AsSpan().Fill(Unknown);
        return new State(members, next, bytes) { IsAccepting = members.Contains(Nfa.Accept), HasContinuation = bytes.Count > 0 };
    }

    private sealed class State(int[] members, int[] next, ByteSet bytes)
    {
        public Call[]? Calls;

        public int[] Members { get; } = members;

        public int[] Next { get; } = next;

        public ByteSet Bytes { get; } = bytes;

        public required bool IsAccepting { get; init; }

        public required bool HasContinuation { get; init; }
    }

    private sealed class MemberComparer : IEqualityComparer<int[]>
    {
        public static MemberComparer Instance { get; } = new();

        public bool Equals(int[]? left, int[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(int[] members)
        {
            var hash = default(HashCode);
            foreach (var member in members)
            {
                hash.Add(member);
            }

            return hash.ToHashCode();
        }
    }
}
