using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>
/// A span copied by <c>substring_of</c> that a place is in or about to begin. Most tokens that it allows lie inside the text; they are found
/// by following the text's automaton alone, and the grammar around it is asked only about tokens that could leave the span.
/// </summary>
internal sealed class OpenSpan
{
    private const int Dead = Automata.Automaton.Dead;

    private readonly StackSet _stack;
    private readonly PlacesAfter _after;

    private OpenSpan(SubstringAutomaton automaton, int state, StackSet stack, PlacesAfter after)
    {
        (Automaton, State, _stack, _after) = (automaton, state, stack, after);
        ClassesAfter = TokenTrie.ClassesOf(after.Bytes);
    }

    /// <summary>Gets the text.</summary>
    public SubstringAutomaton Automaton { get; }

    /// <summary>Gets where the span stands.</summary>
    public int State { get; }

    /// <summary>Gets the classes (<see cref="TokenTrie.ClassOf"/>) of the bytes that can follow the span.</summary>
    public ulong ClassesAfter { get; }

    /// <summary>Finds the first span among configurations and what they call, or null where there is none or too much can follow it.</summary>
    public static OpenSpan? Find(ReadOnlySpan<Configuration> configurations, StackPool pool)
    {
        foreach (var (automaton, state, stack) in configurations)
        {
            if (automaton is SubstringAutomaton substring)
            {
                return PlacesAfter.Collect(stack) is { } after ? new OpenSpan(substring, state, stack, after) : null;
            }

            foreach (ref readonly var call in automaton.GetCalls(state))
            {
                if (call.Callee is SubstringAutomaton callee)
                {
                    var inner = call.IsTail ? stack : pool.Push(stack, automaton, call.ReturnState);
                    return PlacesAfter.Collect(inner) is { } after ? new OpenSpan(callee, Automata.Automaton.Start, inner, after) : null;
                }
            }
        }

        return null;
    }

    /// <summary>Gets a bound on the tokens that complete the sentence behind the span.</summary>
    public int DistanceAfter => _stack.Distance;

    public int Step(int state, byte value) => state == Dead ? Dead : Automaton.Step(state, value);

    /// <summary>Gets whether a set holds nothing but the span in one state and the places right behind it.</summary>
    public bool IsAll(ReadOnlySpan<Configuration> configurations, int state)
    {
        foreach (ref readonly var item in configurations)
        {
            if (!(item.Automaton == Automaton && item.State == state && item.Stack == _stack) && !_after.Contains(item))
            {
                return false;
            }
        }

        return state != Dead;
    }
}
