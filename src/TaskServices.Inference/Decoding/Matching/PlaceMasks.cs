using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>The masks of single places that were asked for, shared by all matcher states they are part of. Safe for several threads.</summary>
internal sealed class PlaceMasks
{
    private readonly ConcurrentDictionary<(Automaton Automaton, int State), PlaceMask> _known = new();

    public bool TryGet(Automaton automaton, int state, [NotNullWhen(true)] out PlaceMask? mask) => _known.TryGetValue((automaton, state), out mask);

    /// <returns>Whether it was not there before.</returns>
    public bool Add(Automaton automaton, int state, PlaceMask mask) => _known.TryAdd((automaton, state), mask);
}
