using System.Runtime.InteropServices;
using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>A place in one automaton and the stacks it can stand on.</summary>
internal readonly record struct Configuration(Automaton Automaton, int State, StackSet Stack);

/// <summary>
/// Follows bytes: keeps sets of configurations one behind the other in a buffer, so that a walk over the token trie can step back by
/// forgetting the last ones. Owned by one thread.
/// </summary>
internal sealed class ConfigurationStepper(StackPool pool)
{
    private const int LinearSearchLimit = 32;
    private const int MaxSetCount = 20_000;

    private readonly Stack<Configuration> _popped = new();
    private readonly HashSet<Configuration> _seen = [];
    private Configuration[] _items = new Configuration[64];
    private int _begin;
    private int _count;
    private bool _canEnd;
    private bool _hasTwins;

    /// <summary>Gets the stack pool that the configurations stand on.</summary>
    public StackPool Pool => pool;

    /// <summary>Gets or sets how many places and stack frames may still be looked at before the grammar counts as too complex.</summary>
    public long RemainingWork { get; set; }

    public ReadOnlySpan<Configuration> this[int begin, int end] => _items.AsSpan(begin, end - begin);

    /// <summary>Puts a set at the beginning of the buffer and returns its end.</summary>
    public int Load(ReadOnlySpan<Configuration> configurations)
    {
        Reserve(configurations.Length);
        configurations.CopyTo(_items);
        return configurations.Length;
    }

    /// <summary>Follows one byte from the set [<paramref name="begin"/>, <paramref name="end"/>); the new set begins at its end.</summary>
    /// <param name="entersCalls">Whether the byte may be the first of a call.</param>
    /// <returns>The end of the new set. Configurations that nothing can follow are left out.</returns>
    public int Step(int begin, int end, byte value, out bool canEnd, bool entersCalls = true)
    {
        (_begin, _count, _canEnd, _hasTwins) = (end, end, false, false);
        for (var i = begin; i < end; i++)
        {
            var (automaton, state, stack) = _items[i];
            Enter(automaton, state, stack, value, entersCalls);
        }

        if (_hasTwins)
        {
            MergeTwins();
        }

        _seen.Clear();
        canEnd = _canEnd;
        return _count;
    }

    private void Enter(Automaton automaton, int state, StackSet stack, byte value, bool entersCalls)
    {
        Spend(1);
        var next = automaton.Step(state, value);
        if (next != Automaton.Dead)
        {
            Add(automaton, next, stack);
        }

        foreach (ref readonly var call in entersCalls ? automaton.GetCalls(state) : default)
        {
            if (call.Callee.CanBeginWith(value))
            {
                var inner = call.IsTail ? stack : pool.Push(stack, automaton, call.ReturnState);
                Enter(call.Callee, Automaton.Start, inner, value, entersCalls: true);
            }
        }
    }

    /// <summary>Adds a configuration and, where its call may end, what follows the call.</summary>
    private void Add(Automaton automaton, int state, StackSet stack)
    {
        while (true)
        {
            var isNew = !automaton.HasContinuation(state) || TryAppend(new Configuration(automaton, state, stack));
            if (isNew && automaton.IsAccepting(state))
            {
                _canEnd |= stack.HasBottom;
                Spend(stack.Frames.Length);
                foreach (var frame in stack.Frames)
                {
                    _popped.Push(new Configuration(frame.Automaton, frame.State, frame.Parent));
                }
            }

            if (!_popped.TryPop(out var popped))
            {
                return;
            }

            (automaton, state, stack) = popped;
        }
    }

    private bool TryAppend(Configuration added)
    {
        var useHash = _count - _begin >= LinearSearchLimit;
        if (_count - _begin == LinearSearchLimit && _seen.Count == 0)
        {
            foreach (var item in this[_begin, _count])
            {
                _seen.Add(item);
            }

            // Whether two share a place is not looked up among many: merging finds out.
            _hasTwins = true;
        }

        if (useHash ? !_seen.Add(added) : IsKnown(added))
        {
            return false;
        }

        if (_count - _begin >= MaxSetCount)
        {
            throw new GrammarException(
                "GRAMMAR_TOO_COMPLEX", $"The text can be read in more than {MaxSetCount} ways at once; make the grammar less ambiguous.");
        }

        Reserve(_count + 1);
        _items[_count++] = added;
        return true;
    }

    private bool IsKnown(in Configuration added)
    {
        for (var i = _begin; i < _count; i++)
        {
            ref readonly var item = ref _items[i];
            if (item.State == added.State && item.Automaton == added.Automaton)
            {
                if (item.Stack == added.Stack)
                {
                    return true;
                }

                _hasTwins = true;
            }
        }

        return false;
    }

    /// <summary>Makes one configuration of those that differ only in their stacks.</summary>
    private void MergeTwins()
    {
        var set = _items.AsSpan(_begin, _count - _begin);
        set.Sort(static (left, right) => Compare(left, right));
        var stacks = new List<StackSet>();
        var kept = 0;
        for (var i = 0; i < set.Length;)
        {
            stacks.Clear();
            var first = set[i];
            for (; i < set.Length && Compare(set[i], first) == 0; i++)
            {
                stacks.Add(set[i].Stack);
            }

            if (stacks.Count > 1)
            {
                // Sorting frames costs more than following them.
                Spend(8 * stacks.Sum(stack => stack.Frames.Length));
                first = first with { Stack = pool.Union(CollectionsMarshal.AsSpan(stacks)) };
            }

            set[kept++] = first;
        }

        _count = _begin + kept;
    }

    private void Spend(long work)
    {
        if ((RemainingWork -= work) < 0)
        {
            throw new GrammarException("GRAMMAR_TOO_COMPLEX", "Following the grammar takes too many steps for one token; make it less ambiguous.");
        }
    }

    private static int Compare(in Configuration left, in Configuration right)
    {
        var order = left.Automaton.Index.CompareTo(right.Automaton.Index);
        return order != 0 ? order : left.State.CompareTo(right.State);
    }

    private void Reserve(int count)
    {
        if (count > _items.Length)
        {
            Array.Resize(ref _items, Math.Max(count, 2 * _items.Length));
        }
    }
}
