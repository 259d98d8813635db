using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace TaskServices.Inference.Models.Sessions;

/// <summary>
/// The key-value memory of every slot: for each layer keys and values [slots, heads, capacity, head size], in the memory of the device that
/// runs the graph.
/// </summary>
internal sealed class KvSlab : IDisposable
{
    private readonly IReadOnlyList<int> _heads;

    private readonly int _headSize;

    private readonly int _slots;

    private readonly int _capacity;

    private readonly KvMemory _memory;

    private readonly TensorElementType _type;

    private readonly int _elementBytes;

    private readonly Dictionary<(int Slot, int Rows), OrtValue[]> _views = [];

    /// <summary>Addresses of each layer's keys, then of its values.</summary>
    private readonly nint[] _parts;

    /// <param name="memory">Where the slots lie; the slab disposes it.</param>
    /// <param name="isHalf">Whether keys and values are fp16 rather than fp32.</param>
    public KvSlab(KvMemory memory, IReadOnlyList<int> kvHeads, int headSize, int slots, int capacity, bool isHalf)
    {
        (_memory, _heads, _headSize, _slots, _capacity) = (memory, kvHeads, headSize, slots, capacity);
        (_type, _elementBytes) = isHalf ? (TensorElementType.Float16, 2) : (TensorElementType.Float, sizeof(float));
        BytesPerToken = kvHeads.Sum(heads => 2L * heads * headSize * _elementBytes);
        _parts = [.. Enumerable.Range(0, 2 * kvHeads.Count).Select(part => memory.Allocate(slots * SlotBytes(part / 2)))];
    }

    public long BytesPerToken { get; }

    /// <summary>Gets keys and values of each layer for the slots [<paramref name="slot"/>, <paramref name="slot"/> + <paramref name="rows"/>).</summary>
    public OrtValue[] View(int slot, int rows)
    {
        if (!_views.TryGetValue((slot, rows), out var view))
        {
            view = new OrtValue[2 * _heads.Count];
            for (var i = 0; i < view.Length; i++)
            {
                var layer = i / 2;
                view[i] = OrtValue.CreateTensorValueWithData(
                    _memory.Info, _type, [rows, _heads[layer], _capacity, _headSize], Slot(layer, i % 2, slot), rows * SlotBytes(layer));
            }

            _views.Add((slot, rows), view);
        }

        return view;
    }

    public void Copy(int from, int to, int length) => ForEachHead((layer, part, head) =>
        _memory.Copy(Head(layer, part, from, head), Head(layer, part, to, head), HeadBytes(length)));

    /// <summary>Copies tokens out as [layer, key or value, head, token, head size].</summary>
    public void Save(int slot, int length, Span<byte> destination)
    {
        var bytes = (int)HeadBytes(length);
        var position = 0;
        for (var layer = 0; layer < _heads.Count; layer++)
        {
            for (var row = 0; row < 2 * _heads[layer]; row++, position += bytes)
            {
                _memory.Read(Head(layer, row / _heads[layer], slot, row % _heads[layer]), destination.Slice(position, bytes));
            }
        }
    }

    public void Restore(int slot, ReadOnlySpan<byte> source, int savedLength, int length)
    {
        var (savedBytes, bytes) = ((int)HeadBytes(savedLength), (int)HeadBytes(length));
        var position = 0;
        for (var layer = 0; layer < _heads.Count; layer++)
        {
            for (var row = 0; row < 2 * _heads[layer]; row++, position += savedBytes)
            {
                _memory.Write(source.Slice(position, bytes), Head(layer, row / _heads[layer], slot, row % _heads[layer]));
            }
        }
    }

    public void Dispose()
    {
        foreach (var value in _views.Values.SelectMany(view => view))
        {
            value.Dispose();
        }

        _views.Clear();
        _memory.Dispose();
    }

    private void ForEachHead(Action<int, int, int> visit)
    {
        for (var layer = 0; layer < _heads.Count; layer++)
        {
            for (var row = 0; row < 2 * _heads[layer]; row++)
            {
                visit(layer, row / _heads[layer], row % _heads[layer]);
            }
        }
    }

    private long HeadBytes(int tokens) => (long)tokens * _headSize * _elementBytes;

    private long SlotBytes(int layer) => _heads[layer] * HeadBytes(_capacity);

    private nint Slot(int layer, int part, int slot) => _parts[(2 * layer) + part] + (nint)(slot * SlotBytes(layer));

    private nint Head(int layer, int part, int slot, int head) => Slot(layer, part, slot) + (nint)(head * HeadBytes(_capacity));
}
