namespace TaskServices.Inference.Decoding.Automata;

/// <summary><c>substring_of</c>: the suffix automaton of a text, entered and left only between whole UTF-8 characters.</summary>
/// <remarks>
/// At most twice as many states as bytes (A. Blumer et al., The smallest automaton recognizing the subwords of a text, 1985). All
/// strings of a state end at the same places of the text, so whether the last character is complete is known for each state.
/// </remarks>
internal sealed class SubstringAutomaton : Automaton
{
    private readonly int[] _firstEdge;
    private readonly byte[] _labels;
    private readonly int[] _targets;
    private readonly byte[] _missingBytes;

    public SubstringAutomaton(int index, byte[] text)
        : base(index)
    {
        var builder = new SuffixAutomatonBuilder(text);
        var count = builder.StateCount;
        _firstEdge = new int[count + 1];
        _missingBytes = new byte[count];
        var labels = new List<byte>();
        var targets = new List<int>();
        for (var state = 0; state < count; state++)
        {
            _firstEdge[state] = labels.Count;
            foreach (var (label, target) in builder.GetEdges(state))
            {
                if (state != Start || (label & 0xC0) != 0x80)
                {
                    labels.Add(label);
                    targets.Add(target);
                }
            }

            _missingBytes[state] = state == Start ? (byte)0 : CountMissingBytes(text, builder.GetEnd(state));
        }

        _firstEdge[count] = labels.Count;
        (_labels, _targets) = ([.. labels], [.. targets]);
        _missingBytes[Start] = (byte)Enumerable.Range(0, _firstEdge[1]).Min(edge => 1 + _missingBytes[_targets[edge]]);
        MinimumBytes = _missingBytes[Start];
        FirstBytes = GetBytes(Start);
    }

    public override int Step(int state, byte value)
    {
        var first = _firstEdge[state];
        var offset = _labels.AsSpan(first, _firstEdge[state + 1] - first).IndexOf(value);
        return offset < 0 ? Dead : _targets[first + offset];
    }

    public override bool IsAccepting(int state) => state != Start && _missingBytes[state] == 0;

    public override bool HasContinuation(int state) => _firstEdge[state] < _firstEdge[state + 1];

    public override long Bytes => (5L * _missingBytes.Length) + (5L * _labels.Length);

    public int StateCount => _missingBytes.Length;

    /// <summary>Gets the bytes that lead on from a state, and where to.</summary>
    public (byte[] Labels, int[] Targets, int First, int End) GetEdges(int state) =>
        (_labels, _targets, _firstEdge[state], _firstEdge[state + 1]);

    public override ByteSet GetBytes(int state)
    {
        var bytes = default(ByteSet);
        for (var edge = _firstEdge[state]; edge < _firstEdge[state + 1]; edge++)
        {
            bytes.Add(_labels[edge]);
        }

        return bytes;
    }

    /// <summary>Counts the continuation bytes that follow the byte at <paramref name="end"/>.</summary>
    private static byte CountMissingBytes(ReadOnlySpan<byte> text, int end)
    {
        byte count = 0;
        for (var i = end + 1; i < text.Length && (text[i] & 0xC0) == 0x80; i++)
        {
            count++;
        }

        return count;
    }
}
