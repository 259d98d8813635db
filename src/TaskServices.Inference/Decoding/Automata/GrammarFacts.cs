using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding.Automata;

/// <summary>
/// What holds for a whole grammar: the shortest sentence from every node (Knuth's generalisation of Dijkstra's algorithm, 1977), which
/// rules may be empty, which bytes they begin with; refuses rules that have no finite sentence and left recursion.
/// </summary>
/// <remarks>
/// A hand-written grammar says <c>list ::= item ("," item)*</c> where a textbook says <c>list ::= list "," item | item</c>; left
/// recursion is refused rather than rewritten so that a grammar means what it says, one automaton a rule.
/// </remarks>
internal sealed class GrammarFacts
{
    public const int Unreachable = int.MaxValue / 4;
    private const long MaxStateMemory = 64L << 20;
    private const long MaxClosureWork = 20_000_000;

    private readonly TextCursor _cursor;
    private readonly IReadOnlyList<RuleSyntax> _syntax;
    private readonly int[] _minimumBytes;
    private readonly ByteSet[] _firstBytes;
    private long _stateMemory;
    private long _closureWork;

    /// <param name="rules">One automaton for each rule, in order.</param>
    /// <param name="terminals">The automata behind the rules.</param>
    public GrammarFacts(TextCursor cursor, IReadOnlyList<RuleSyntax> syntax, IReadOnlyList<Nfa> rules, IReadOnlyList<Automaton> terminals)
    {
        (_cursor, _syntax, Rules) = (cursor, syntax, rules);
        _minimumBytes = new int[rules.Count + terminals.Count];
        _firstBytes = new ByteSet[_minimumBytes.Length];
        _minimumBytes.AsSpan().Fill(Unreachable);
        foreach (var terminal in terminals)
        {
            _minimumBytes[terminal.Index] = terminal.MinimumBytes;
            _firstBytes[terminal.Index] = terminal.FirstBytes;
        }

        _ = ShortestSentences.Compute(rules, _minimumBytes, static (_, _) => true);
        RefuseUnproductive();
        FindFirstBytes();
    }

    public IReadOnlyList<Nfa> Rules { get; }

    /// <summary>Gets the memory of deterministic states, in bytes.</summary>
    public long StateMemory => Volatile.Read(ref _stateMemory);

    /// <summary>Counts memory of a deterministic state against the bound of the whole grammar.</summary>
    public bool TryTakeStateMemory(long bytes) => Interlocked.Add(ref _stateMemory, bytes) <= MaxStateMemory;

    /// <summary>Counts the nodes looked at for a deterministic state against the bound of the whole grammar.</summary>
    public bool TryTakeClosureWork(int nodes) => Interlocked.Add(ref _closureWork, nodes) <= MaxClosureWork;

    public string GetName(int rule) => _syntax[rule].Name;

    public int GetMinimumBytes(int automaton) => _minimumBytes[automaton];

    public ByteSet GetFirstBytes(int automaton) => _firstBytes[automaton];

    /// <summary>Gets whether an edge can be passed without a byte.</summary>
    public bool IsEmptyStep(in NfaEdge edge) =>
        edge.Kind == NfaEdgeKind.Empty || (edge.Kind == NfaEdgeKind.Call && _minimumBytes[edge.Callee] == 0);

    private void RefuseUnproductive()
    {
        for (var rule = 0; rule < Rules.Count; rule++)
        {
            if (_minimumBytes[rule] >= Unreachable)
            {
                throw _cursor.Fail(
                    $"the rule '{_syntax[rule].Name}' has no finite sentence, or none of less than 500 million bytes; give its recursion an alternative that ends", _syntax[rule].Position);
            }
        }
    }

    private void FindFirstBytes()
    {
        var isDone = new bool[Rules.Count];
        var path = new List<int>();
        for (var rule = 0; rule < Rules.Count; rule++)
        {
            Visit(rule, isDone, path);
        }
    }

    private void Visit(int rule, bool[] isDone, List<int> path)
    {
        if (isDone[rule])
        {
            return;
        }

        var repeated = path.IndexOf(rule);
        if (repeated >= 0)
        {
            var cycle = string.Join(" → ", path.Skip(repeated).Append(rule).Select(GetName));
            throw _cursor.Fail(
                $"the rule '{_syntax[rule].Name}' is left-recursive ({cycle}); write the repetition with * or move the recursion behind other text",
                _syntax[rule].Position);
        }

        if (path.Count >= Grammar.MaxLeftDepth)
        {
            throw _cursor.Fail($"rules begin with one another more than {Grammar.MaxLeftDepth} deep", _syntax[rule].Position);
        }

        path.Add(rule);
        foreach (var node in NodesBeforeFirstByte(Rules[rule]))
        {
            foreach (var edge in Rules[rule][node].ToArray())
            {
                if (edge.Kind == NfaEdgeKind.Bytes)
                {
                    _firstBytes[rule].AddRange(edge.Low, edge.High);
                }
                else if (edge.Kind == NfaEdgeKind.Call)
                {
                    if (edge.Callee < Rules.Count)
                    {
                        Visit(edge.Callee, isDone, path);
                    }

                    _firstBytes[rule].UnionWith(_firstBytes[edge.Callee]);
                }
            }
        }

        path.RemoveAt(path.Count - 1);
        isDone[rule] = true;
    }

    private HashSet<int> NodesBeforeFirstByte(Nfa nfa)
    {
        var seen = new HashSet<int> { Nfa.Start };
        var open = new Stack<int>(seen);
        while (open.TryPop(out var node))
        {
            foreach (ref readonly var edge in nfa[node])
            {
                if (IsEmptyStep(edge) && seen.Add(edge.Target))
                {
                    open.Push(edge.Target);
                }
            }
        }

        return seen;
    }
}
