using System.Buffers;

namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>A binary heap of pairs, the lowest rank first and the leftmost of one rank, in a pooled array.</summary>
internal ref struct PairHeap(int capacity)
{
    private ulong[] _items = ArrayPool<ulong>.Shared.Rent(capacity);
    private int _count;

    /// <param name="rank">Not negative.</param>
    /// <param name="position">Where the pair begins. Not negative.</param>
    public void Push(int rank, int position)
    {
        if (_count == _items.Length)
            Grow();
        var item = ((ulong)(uint)rank << 32) | (uint)position;
        var child = _count++;
        while (child > 0 && _items[(child - 1) / 2] > item)
        {
            _items[child] = _items[(child - 1) / 2];
            child = (child - 1) / 2;
        }

        _items[child] = item;
    }

    public bool TryPop(out int rank, out int position)
    {
        if (_count == 0)
        {
            rank = position = 0;
            return false;
        }

        (rank, position) = ((int)(_items[0] >> 32), (int)(uint)_items[0]);
        SiftDown(_items[--_count]);
        return true;
    }

    public readonly void Dispose() => ArrayPool<ulong>.Shared.Return(_items);

    private readonly void SiftDown(ulong item)
    {
        var parent = 0;
        for (var child = 1; child < _count; child = 2 * parent + 1)
        {
            if (child + 1 < _count && _items[child + 1] < _items[child])
                child++;
            if (_items[child] >= item)
                break;
            _items[parent] = _items[child];
            parent = child;
        }

        _items[parent] = item;
    }

    private void Grow()
    {
        var larger = ArrayPool<ulong>.Shared.Rent(_items.Length * 2);
        _items.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<ulong>.Shared.Return(_items);
        _items = larger;
    }
}
