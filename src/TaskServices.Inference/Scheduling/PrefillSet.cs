namespace TaskServices.Inference.Scheduling;

/// <summary>The sequences whose prompts are being run: the shortest rest goes first, and the oldest is never left behind.</summary>
/// <remarks>
/// Shortest remaining time first gives the least mean time to the first token; every fourth chunk belongs to the sequence that was admitted
/// first, so that a long prompt goes on under any number of short ones. Slots of the set lie at or behind the first free row.
/// </remarks>
internal sealed class PrefillSet(KvSlots slots)
{
    private const int TurnsPerOldest = 4;

    private readonly List<Sequence> _sequences = []; // Oldest first.
    private int _turn;

    public int Count => _sequences.Count;

    public Sequence this[int index] => _sequences[index];

    public void Add(Sequence sequence) => _sequences.Add(sequence);

    public void Remove(Sequence sequence) => _sequences.Remove(sequence);

    /// <summary>Takes out what has ended.</summary>
    public void RemoveFinished()
    {
        for (var i = _sequences.Count - 1; i >= 0; i--)
        {
            if (_sequences[i].IsFinished)
                _sequences.RemoveAt(i);
        }
    }

    /// <summary>Gets the sequence in a slot, or null.</summary>
    public Sequence? InSlot(int slot)
    {
        foreach (var sequence in _sequences)
        {
            if (sequence.Slot == slot)
                return sequence;
        }

        return null;
    }

    /// <summary>Gets the sequence that runs next; the set is not empty.</summary>
    public Sequence Next() => ++_turn % TurnsPerOldest == 0 ? _sequences[0] : Shortest();

    /// <summary>Gets how many tokens the sequence that ends first still has to run; 0 of an empty set.</summary>
    public int ShortestRest => Count == 0 ? 0 : Rest(Shortest());

    private int Rest(Sequence sequence) => sequence.TokensToRun - slots.Length(sequence.Slot);

    private Sequence Shortest()
    {
        var shortest = _sequences[0];
        for (var i = 1; i < _sequences.Count; i++)
        {
            if (Rest(_sequences[i]) < Rest(shortest))
                shortest = _sequences[i];
        }

        return shortest;
    }
}
