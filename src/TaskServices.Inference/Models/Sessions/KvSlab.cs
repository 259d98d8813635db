using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace TaskServices.Inference.Models.Sessions;

/// <summary>
/// The key-value memory of every slot: for each layer keys and values [slots, heads, capacity, head size], zeroed by the operating system and
/// committed page by page as sequences grow.
/// </summary>
internal sealed unsafe class KvSlab : IDisposable
{
    private readonly IReadOnlyList<int> _heads;

    private readonly int _headSize;

    private readonly int _slots;

    private readonly int _capacity;

    private readonly OrtMemoryInfo _memory = OrtMemoryInfo.DefaultInstance;

    private readonly Dictionary<(int Slot, int Rows), OrtValue[]> _views = [];

    /// <summary>Where each layer's keys begin; its values follow them.</summary>
    private readonly long[] _offsets;

    private byte* _base;

    public KvSlab(IReadOnlyList<int> kvHeads, int headSize, int slots, int capacity)
    {
        (_heads, _headSize, _slots, _capacity) = (kvHeads, headSize, slots, capacity);
        BytesPerToken = kvHeads.Sum(heads => 2L * heads * headSize * sizeof(float));
        _offsets = new long[kvHeads.Count];
        var total = 0L;
        for (var layer = 0; layer < kvHeads.Count; layer++)
        {
            _offsets[layer] = total;
            total += 2 * slots * SlotBytes(layer);
        }

        _base = (byte*)NativeMemory.AllocZeroed((nuint)total);
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
                    _memory, TensorElementType.Float, [rows, _heads[layer], _capacity, _headSize], (nint)Slot(layer, i % 2, slot), rows * SlotBytes(layer));
            }

            _views.Add((slot, rows), view);
        }

        return view;
    }

    public void Copy(int from, int to, int length) => ForEachHead((layer, part, head) =>
        Buffer.MemoryCopy(Head(layer, part, from, head), Head(layer, part, to, head), HeadBytes(length), HeadBytes(length)));

    /// <summary>Copies tokens out as [layer, key or value, head, token, head size].</summary>
    public void Save(int slot, int length, Span<byte> destination)
    {
        var bytes = (int)HeadBytes(length);
        var position = 0;
        for (var layer = 0; layer < _heads.Count; layer++)
        {
            for (var row = 0; row < 2 * _heads[layer]; row++, position += bytes)
            {
                new ReadOnlySpan<byte>(Head(layer, row / _heads[layer], slot, row % _heads[layer]), bytes).CopyTo(destination[position..]);
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
                source.Slice(position, bytes).CopyTo(new Span<byte>(Head(layer, row / _heads[layer], slot, row % _heads[layer]), bytes));
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
        NativeMemory.Free(_base);
        _base = null;
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

    private long HeadBytes(int tokens) => (long)tokens * _headSize * sizeof(float);

    private long SlotBytes(int layer) => _heads[layer] * HeadBytes(_capacity);

    private byte* Slot(int layer, int part, int slot) => _base + _offsets[layer] + (((part * _slots) + slot) * SlotBytes(layer));

    private byte* Head(int layer, int part, int slot, int head) => Slot(layer, part, slot) + (head * HeadBytes(_capacity));
}
