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
internal sealed class Nfa(NfaEdge[][] edges)
{
    public const int Start = 0;
    public const int Accept = 1;

    public int NodeCount => edges.Length;

    public ReadOnlySpan<NfaEdge> this[int node] => edges[node];
}
