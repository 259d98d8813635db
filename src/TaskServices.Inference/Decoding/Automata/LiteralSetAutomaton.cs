namespace TaskServices.Inference.Decoding.Automata;

/// <summary><c>one_of</c> as a byte trie, laid out breadth first so that the children of a state are neighbours.</summary>
internal sealed class LiteralSetAutomaton : Automaton
{
    private readonly byte[] _labels;
    private readonly int[] _firstChild;
    private readonly bool[] _accepting;

    private LiteralSetAutomaton(int index, byte[] labels, int[] firstChild, bool[] accepting, int shortest)
        : base(index)
    {
        (_labels, _firstChild, _accepting) = (labels, firstChild, accepting);
        MinimumBytes = shortest;
        FirstBytes = GetBytes(Start);
    }

    public int StateCount => _labels.Length;

    public override long Bytes => 6L * _labels.Length;

    public static LiteralSetAutomaton Build(int index, IEnumerable<byte[]> literals)
    {
        var sorted = literals.ToArray();
        Array.Sort(sorted, static (left, right) => left.AsSpan().SequenceCompareTo(right));
        List<byte> labels = [0];
        List<int> firstChild = [];
        List<bool> accepting = [];

        // A state is a run of literals with a common beginning; the queue holds the runs in the order of the states.
        var runs = new Queue<(int Begin, int End, int Depth)>([(0, sorted.Length, 0)]);
        while (runs.TryDequeue(out var run))
        {
            firstChild.Add(labels.Count);
            var begin = run.Begin;
            accepting.Add(sorted[begin].Length == run.Depth);
            while (begin < run.End && sorted[begin].Length == run.Depth)
            {
                begin++;
            }

            while (begin < run.End)
            {
                var label = sorted[begin][run.Depth];
                var end = begin + 1;
                while (end < run.End && sorted[end][run.Depth] == label)
                {
                    end++;
                }

                labels.Add(label);
                runs.Enqueue((begin, end, run.Depth + 1));
                begin = end;
            }
        }

        firstChild.Add(labels.Count);
        return new LiteralSetAutomaton(index, [.. labels], [.. firstChild], [.. accepting], sorted.Min(literal => literal.Length));
    }

    public override int Step(int state, byte value)
    {
        var first = _firstChild[state];
        var offset = _labels.AsSpan(first, _firstChild[state + 1] - first).IndexOf(value);
        return offset < 0 ? Dead : first + offset;
    }

    public override bool IsAccepting(int state) => _accepting[state];

    public override bool HasContinuation(int state) => _firstChild[state] < _firstChild[state + 1];

    /// <summary>Gets the states one byte further on.</summary>
    public (int First, int End) GetChildren(int state) => (_firstChild[state], _firstChild[state + 1]);

    public byte GetLabel(int state) => _labels[state];

    public override ByteSet GetBytes(int state)
    {
        var bytes = default(ByteSet);
        for (var child = _firstChild[state]; child < _firstChild[state + 1]; child++)
        {
            bytes.Add(_labels[child]);
        }

        return bytes;
    }
}
