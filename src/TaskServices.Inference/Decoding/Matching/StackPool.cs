using System.Runtime.InteropServices;
using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>Makes stack sets, each only once. Safe for several threads; reading what exists takes no lock.</summary>
/// <param name="distances">Token distances, or null where only membership is asked.</param>
internal sealed class StackPool(TokenDistances? distances)
{
    private const int MaxFrameCount = 4096;
    private const int MaxPushedInLine = 16;

    // Twice what makes a pool count as full: matchers under way go on with it, new ones get another.
    private const long MaxBytes = 96L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<Frame[], StackSet> _unions = new(FrameComparer.Instance);
    private readonly Dictionary<(int Parent, int Automaton, int State), StackSet> _pushed = [];
    private int _count;
    private long _frameCount;

    /// <summary>Gets the set of just the empty stack.</summary>
    public StackSet Bottom { get; } = new(0, [], hasBottom: true, distance: 0);

    /// <summary>Gets the approximate memory of all sets.</summary>
    public long Bytes => (Volatile.Read(ref _count) * 120L) + (Volatile.Read(ref _frameCount) * 24L);

    public StackSet Push(StackSet parent, Automaton automaton, int returnState)
    {
        foreach (var known in Volatile.Read(ref parent.Pushed))
        {
            ref readonly var frame = ref known.Frames[0];
            if (frame.State == returnState && frame.Automaton == automaton)
            {
                return known;
            }
        }

        return Add(parent, automaton, returnState);
    }

    /// <summary>Gets the union of two or more sets.</summary>
    public StackSet Union(ReadOnlySpan<StackSet> sets)
    {
        var hasBottom = false;
        var frames = new List<Frame>();
        foreach (var set in sets)
        {
            frames.AddRange(set.Frames);
            hasBottom |= set.HasBottom;
        }

        var sorted = WithoutTwins(frames);
        if (sorted.Length > MaxFrameCount)
        {
            throw new GrammarException(
                "GRAMMAR_TOO_COMPLEX", $"The text can be read in more than {MaxFrameCount} ways at once; make the grammar less ambiguous.");
        }

        foreach (var set in sets)
        {
            if (set.Frames.Length == sorted.Length && set.HasBottom == hasBottom)
            {
                return set;
            }
        }

        // The empty stack is part of the key as a frame that no call has.
        Frame[] key = hasBottom ? [.. sorted, new Frame(null!, 0, Bottom)] : sorted;
        lock (_lock)
        {
            if (!_unions.TryGetValue(key, out var union))
            {
                union = Create(sorted, hasBottom);
                _unions.Add(key, union);
            }

            return union;
        }
    }

    private static Frame[] WithoutTwins(List<Frame> frames)
    {
        frames.Sort(static (left, right) =>
        {
            var order = left.Automaton.Index.CompareTo(right.Automaton.Index);
            order = order != 0 ? order : left.State.CompareTo(right.State);
            return order != 0 ? order : left.Parent.Id.CompareTo(right.Parent.Id);
        });
        var kept = 0;
        for (var i = 0; i < frames.Count; i++)
        {
            if (kept == 0 || frames[i] != frames[kept - 1])
            {
                frames[kept++] = frames[i];
            }
        }

        return [.. CollectionsMarshal.AsSpan(frames)[..kept]];
    }

    private StackSet Add(StackSet parent, Automaton automaton, int returnState)
    {
        lock (_lock)
        {
            foreach (var known in parent.Pushed)
            {
                if (known.Frames[0].State == returnState && known.Frames[0].Automaton == automaton)
                {
                    return known;
                }
            }

            // A few are found by looking through them; the others, which only strange grammars have, in a table.
            var key = (parent.Id, automaton.Index, returnState);
            if (_pushed.TryGetValue(key, out var added))
            {
                return added;
            }

            added = Create([new Frame(automaton, returnState, parent)], hasBottom: false);
            if (parent.Pushed.Length < MaxPushedInLine)
            {
                Volatile.Write(ref parent.Pushed, [.. parent.Pushed, added]);
            }
            else
            {
                _pushed.Add(key, added);
            }

            return added;
        }
    }

    private StackSet Create(Frame[] frames, bool hasBottom)
    {
        if (Bytes > MaxBytes)
        {
            throw new GrammarException("GRAMMAR_TOO_COMPLEX", $"Following the grammar takes more than {MaxBytes >> 20} MB; make it less ambiguous.");
        }

        var distance = hasBottom ? 0 : GrammarFacts.Unreachable;
        foreach (var (automaton, state, parent) in frames)
        {
            distance = Math.Min(distance, parent.Distance + (distances?.Get(automaton, state) ?? 0));
        }

        _frameCount += frames.Length;
        return new StackSet(++_count, frames, hasBottom, distance);
    }

    private sealed class FrameComparer : IEqualityComparer<Frame[]>
    {
        public static FrameComparer Instance { get; } = new();

        public bool Equals(Frame[]? left, Frame[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(Frame[] frames)
        {
            var hash = default(HashCode);
            foreach (var (automaton, state, parent) in frames)
            {
                hash.Add(automaton?.Index ?? -1);
                hash.Add(state);
                hash.Add(parent.Id);
            }

            return hash.ToHashCode();
        }
    }
}
