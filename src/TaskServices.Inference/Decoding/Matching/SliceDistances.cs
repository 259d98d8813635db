using System.Collections.Concurrent;
using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>
/// Finds out whether a state allows a whole <see cref="TokenSlice"/>, by following all its characters at once. The idea is the slicer of
/// llguidance (docs/optimizations.md there): the inside of a string is not walked token by token.
/// </summary>
/// <remarks>Safe for several threads. Remembers one entry for each automaton state asked about.</remarks>
internal sealed class SliceDistances(TokenDistances distances)
{
    private readonly ConcurrentDictionary<(TokenSlice Slice, Automaton Automaton, int State), int[]> _next = new();
    private readonly ConcurrentDictionary<(TokenSlice Slice, Automaton Automaton, int State), int> _distances = new();

    /// <summary>
    /// Gets a bound on the tokens that complete the sentence behind any token of the slice, or
    /// <see cref="GrammarFacts.Unreachable"/> where some token of it is not allowed or that is not easily seen.
    /// </summary>
    public int GetDistance(TokenSlice slice, ReadOnlySpan<Configuration> configurations)
    {
        var best = GrammarFacts.Unreachable;
        foreach (var (automaton, state, stack) in configurations)
        {
            // Cheap refusals first: most places in a grammar expect something particular.
            if (automaton is RuleAutomaton && TakesBorders(slice, automaton, state))
            {
                best = Math.Min(best, stack.Distance + _distances.GetOrAdd((slice, automaton, state), Follow));
            }
        }

        return best;
    }

    private static bool TakesBorders(TokenSlice slice, Automaton automaton, int state)
    {
        foreach (var ranges in slice.Characters)
        {
            if (automaton.Step(state, ranges[0].Low) == Automaton.Dead || automaton.Step(state, ranges[0].High) == Automaton.Dead)
            {
                return false;
            }
        }

        return true;
    }

    private int Follow((TokenSlice Slice, Automaton Automaton, int State) from)
    {
        var reached = new HashSet<int>();
        List<int> open = [from.State];
        for (var i = 0; i < from.Slice.MaxCharacters && open.Count > 0; i++)
        {
            var further = new List<int>();
            foreach (var state in open)
            {
                var next = _next.GetOrAdd((from.Slice, from.Automaton, state), FollowCharacter);
                if (next.Length == 0)
                {
                    return GrammarFacts.Unreachable;
                }

                further.AddRange(next.Where(reached.Add));
            }

            open = further;
        }

        return reached.Max(state => distances.Get(from.Automaton, state));
    }

    /// <summary>Gets the states behind one character, or none where some character is not possible.</summary>
    private static int[] FollowCharacter((TokenSlice Slice, Automaton Automaton, int State) from)
    {
        var ends = new HashSet<int>();
        foreach (var ranges in from.Slice.Characters)
        {
            HashSet<int> states = [from.State];
            foreach (var (low, high) in ranges)
            {
                var further = new HashSet<int>();
                foreach (var state in states)
                {
                    for (int value = low; value <= high; value++)
                    {
                        var next = from.Automaton.Step(state, (byte)value);
                        if (next == Automaton.Dead)
                        {
                            return [];
                        }

                        further.Add(next);
                    }
                }

                states = further;
            }

            ends.UnionWith(states);
        }

        return [.. ends];
    }
}
