using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding.Automata;

/// <summary>Compiles a rule's body by Thompson's construction; characters become UTF-8 bytes.</summary>
/// <param name="resolve">Gets the automaton that a reference or a large terminal stands for.</param>
/// <param name="inline">Gets the body of a rule that is better copied than called, or null.</param>
/// <param name="takeNode">Counts a node against the grammar's bound.</param>
internal sealed class NfaBuilder(Func<Expression, int> resolve, Func<RuleReference, Expression?> inline, Action takeNode)
{
    private readonly List<(int From, NfaEdge Edge)> _edges = [];
    private readonly Dictionary<(byte Low, byte High, int To), int> _nodeOfSuffix = [];
    private int _nodeCount;

    public Nfa Build(Expression body)
    {
        _edges.Clear();
        _nodeCount = 0;
        AddNode();
        AddNode();
        Add(body, Nfa.Start, Nfa.Accept);
        return new Nfa(_nodeCount, _edges);
    }

    private int AddNode()
    {
        takeNode();
        return _nodeCount++;
    }

    private void AddEmpty(int from, int to) => _edges.Add((from, new NfaEdge(NfaEdgeKind.Empty, 0, 0, 0, to)));

    private void AddBytes(int from, byte low, byte high, int to) => _edges.Add((from, new NfaEdge(NfaEdgeKind.Bytes, low, high, 0, to)));

    private void Add(Expression expression, int from, int to)
    {
        switch (expression)
        {
            case LiteralExpression literal:
                AddLiteral(literal.Bytes, from, to);
                break;
            case ClassExpression characters:
                AddClass(characters, from, to);

                break;
            case SequenceExpression sequence:
                AddSequence(sequence, from, to);
                break;
            case ChoiceExpression choice:
                foreach (var alternative in choice.Alternatives)
                {
                    Add(alternative, from, to);
                }

                break;
            case RepeatExpression repeat:
                AddRepeat(repeat, from, to);
                break;
            case LiteralSetExpression set when Grammar.IsSmall(set):
                foreach (var literal in set.Literals)
                {
                    AddLiteral(literal, from, to);
                }

                break;
            case RuleReference reference when inline(reference) is { } body:
                Add(body, from, to);
                break;
            default:
                _edges.Add((from, new NfaEdge(NfaEdgeKind.Call, 0, 0, resolve(expression), to)));
                break;
        }
    }

    private void AddLiteral(ReadOnlySpan<byte> bytes, int from, int to)
    {
        if (bytes.IsEmpty)
        {
            AddEmpty(from, to);
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            var next = i == bytes.Length - 1 ? to : AddNode();
            AddBytes(from, bytes[i], bytes[i], next);
            from = next;
        }
    }

    /// <summary>Adds one character; encodings with the same last bytes share their nodes, so that a class of all scripts has about ten.</summary>
    private void AddClass(ClassExpression characters, int from, int to)
    {
        _nodeOfSuffix.Clear();
        foreach (var ranges in characters.Utf8)
        {
            var next = to;
            for (var i = ranges.Length - 1; i > 0; i--)
            {
                var (low, high) = ranges[i];
                if (!_nodeOfSuffix.TryGetValue((low, high, next), out var node))
                {
                    node = AddNode();
                    AddBytes(node, low, high, next);
                    _nodeOfSuffix.Add((low, high, next), node);
                }

                next = node;
            }

            AddBytes(from, ranges[0].Low, ranges[0].High, next);
        }
    }

    private void AddSequence(SequenceExpression sequence, int from, int to)
    {
        if (sequence.Items.Count == 0)
        {
            AddEmpty(from, to);
        }

        for (var i = 0; i < sequence.Items.Count; i++)
        {
            var next = i == sequence.Items.Count - 1 ? to : AddNode();
            Add(sequence.Items[i], from, next);
            from = next;
        }
    }

    private void AddRepeat(RepeatExpression repeat, int from, int to)
    {
        for (var i = 0; i < repeat.Minimum; i++)
        {
            var next = AddNode();
            Add(repeat.Item, from, next);
            from = next;
        }

        if (repeat.Maximum is not { } maximum)
        {
            // A node of its own for the loop: edges of the surroundings must not become part of it.
            var loop = AddNode();
            var back = AddNode();
            AddEmpty(from, loop);
            Add(repeat.Item, loop, back);
            AddEmpty(back, loop);
            AddEmpty(loop, to);
            return;
        }

        for (var i = repeat.Minimum; i < maximum; i++)
        {
            var next = AddNode();
            AddEmpty(from, to);
            Add(repeat.Item, from, next);
            from = next;
        }

        AddEmpty(from, to);
    }
}
