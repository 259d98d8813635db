using System.Numerics;

namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>Two symbols that become one.</summary>
/// <param name="Left">The left symbol.</param>
/// <param name="Right">The right symbol.</param>
/// <param name="Rank">Lower ranks merge first; pairs of one rank merge from left to right.</param>
/// <param name="Result">The symbol that they become.</param>
internal readonly record struct Merge(int Left, int Right, int Rank, int Result);

/// <summary>Looks merges up by their pair: open addressing, at most half full. Immutable.</summary>
internal sealed class MergeTable
{
    private readonly Entry[] _entries;
    private readonly int _shift;

    /// <param name="merges">The merges; of two with the same pair the later one counts.</param>
    public MergeTable(IReadOnlyCollection<Merge> merges)
    {
        var capacity = BitOperations.RoundUpToPowerOf2((uint)Math.Max(merges.Count * 2, 2));
        _entries = new Entry[capacity];
        _shift = 64 - BitOperations.Log2(capacity);
        foreach (var merge in merges)
        {
            var key = Key(merge.Left, merge.Right);
            _entries[Slot(key)] = new Entry(key, merge.Rank, merge.Result);
        }
    }

    /// <summary>Gets a pair's rank; <see cref="int.MaxValue"/> where it does not merge.</summary>
    public int Rank(int left, int right, out int result)
    {
        var key = Key(left, right);
        ref readonly var entry = ref _entries[Slot(key)];
        result = entry.Result;
        return entry.Key == key ? entry.Rank : int.MaxValue;
    }

    // Zero marks an empty entry, so that symbols count from one.
    private static ulong Key(int left, int right) => ((ulong)(uint)(left + 1) << 32) | (uint)(right + 1);

    private int Slot(ulong key)
    {
        var slot = (int)((key * 0x9E3779B97F4A7C15) >> _shift);
        while (_entries[slot].Key != 0 && _entries[slot].Key != key)
            slot = (slot + 1) & (_entries.Length - 1);
        return slot;
    }

    private readonly record struct Entry(ulong Key, int Rank, int Result);
}
