using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>One open call: where its caller goes on, and the caller's own open calls.</summary>
internal readonly record struct Frame(Automaton Automaton, int State, StackSet Parent);

/// <summary>
/// All the stacks of open calls that one automaton state can stand on: a node of a graph-structured stack (M. Tomita, 1985). Made only
/// by <see cref="StackPool"/>, one object for each set, so that sets are compared by reference.
/// </summary>
internal sealed class StackSet(int id, Frame[] frames, bool hasBottom, int distance)
{
    /// <summary>The sets with one frame more, as they were pushed.</summary>
    public StackSet[] Pushed = [];

    public int Id { get; } = id;

    public Frame[] Frames { get; } = frames;

    /// <summary>Gets whether the empty stack is one of the set: where it is left, the sentence may end.</summary>
    public bool HasBottom { get; } = hasBottom;

    /// <summary>Gets a bound on the tokens that complete all open calls.</summary>
    public int Distance { get; } = distance;
}
