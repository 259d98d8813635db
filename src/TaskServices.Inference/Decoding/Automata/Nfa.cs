namespace TaskServices.Inference.Decoding.Automata;

internal enum NfaEdgeKind : byte
{
    Empty,
    Bytes,
    Call,
}

/// <summary>An edge of a rule's nondeterministic automaton.</summary>
/// <param name="Callee">Index of the called automaton, for <see cref="NfaEdgeKind.Call"/>.</param>
internal readonly record struct NfaEdge(NfaEdgeKind Kind, byte Low, byte High, int Callee, int Target);

/// <summary>One rule as a nondeterministic automaton; node 0 is the start, node 1 the only accepting node, without edges.</summary>
internal sealed class Nfa
{
    public const int Start = 0;
    public const int Accept = 1;

    private readonly int[] _firstEdge;
    private readonly NfaEdge[] _edges;

    /// <param name="edges">In any order; those of one node keep theirs.</param>
    public Nfa(int nodeCount, IReadOnlyList<(int From, NfaEdge Edge)> edges)
    {
        _firstEdge = new int[nodeCount + 1];
        foreach (var (from, _) in edges)
        {
            _firstEdge[from + 1]++;
        }

        for (var node = 0; node < nodeCount; node++)
        {
            _firstEdge[node + 1] += _firstEdge[node];
        }

        var next = _firstEdge.AsSpan(0, nodeCount).ToArray();
        _edges = new NfaEdge[edges.Count];
        foreach (var (from, edge) in edges)
        {
            _edges[next[from]++] = edge;
        }
    }

    public int NodeCount => _firstEdge.Length - 1;

    public int EdgeCount => _edges.Length;

    public ReadOnlySpan<NfaEdge> this[int node] => _edges.AsSpan(_firstEdge[node], _firstEdge[node + 1] - _firstEdge[node]);
}
