namespace TaskServices.Inference.Decoding.Automata;

/// <summary>Builds a suffix automaton in one pass over the text (A. Blumer et al., 1985). State 0 is the start.</summary>
internal sealed class SuffixAutomatonBuilder
{
    // Edges are linked lists in shared arrays: most states have one or two.
    private readonly int[] _length;
    private readonly int[] _link;
    private readonly int[] _end;
    private readonly int[] _firstEdge;
    private readonly List<(byte Label, int Target, int Next)> _edges = [];
    private int _last;

    public SuffixAutomatonBuilder(ReadOnlySpan<byte> text)
    {
        var capacity = (2 * text.Length) + 1;
        (_length, _link, _end, _firstEdge) = (new int[capacity], new int[capacity], new int[capacity], new int[capacity]);
        _firstEdge.AsSpan().Fill(-1);
        _link[0] = -1;
        StateCount = 1;
        for (var i = 0; i < text.Length; i++)
        {
            Append(text[i], i);
        }
    }

    public int StateCount { get; private set; }

    /// <summary>Gets the offset of the last byte of one occurrence of the state's strings.</summary>
    public int GetEnd(int state) => _end[state];

    public IEnumerable<(byte Label, int Target)> GetEdges(int state)
    {
        for (var edge = _firstEdge[state]; edge >= 0; edge = _edges[edge].Next)
        {
            yield return (_edges[edge].Label, _edges[edge].Target);
        }
    }

    private void Append(byte label, int position)
    {
        var current = StateCount++;
        _length[current] = _length[_last] + 1;
        _end[current] = position;
        var state = _last;
        _last = current;
        int edge;
        while ((edge = FindEdge(state, label)) < 0)
        {
            AddEdge(state, label, current);
            state = _link[state];
            if (state < 0)
            {
                _link[current] = 0;
                return;
            }
        }

        var target = _edges[edge].Target;
        if (_length[target] == _length[state] + 1)
        {
            _link[current] = target;
            return;
        }

        var clone = Clone(target, _length[state] + 1);
        while (state >= 0 && (edge = FindEdge(state, label)) >= 0 && _edges[edge].Target == target)
        {
            _edges[edge] = _edges[edge] with { Target = clone };
            state = _link[state];
        }

        _link[target] = clone;
        _link[current] = clone;
    }

    private int Clone(int original, int length)
    {
        var clone = StateCount++;
        _length[clone] = length;
        _link[clone] = _link[original];
        _end[clone] = _end[original];
        for (var edge = _firstEdge[original]; edge >= 0; edge = _edges[edge].Next)
        {
            AddEdge(clone, _edges[edge].Label, _edges[edge].Target);
        }

        return clone;
    }

    private int FindEdge(int state, byte label)
    {
        var edge = _firstEdge[state];
        while (edge >= 0 && _edges[edge].Label != label)
        {
            edge = _edges[edge].Next;
        }

        return edge;
    }

    private void AddEdge(int state, byte label, int target)
    {
        _edges.Add((label, target, _firstEdge[state]));
        _firstEdge[state] = _edges.Count - 1;
    }
}
