using TaskServices.Inference.Adapters;
using TaskServices.Inference.Tests.Scheduling;

namespace TaskServices.Inference.Tests.Adapters;

/// <summary>A session that notes which adapters run and fails when one runs that is not loaded.</summary>
internal sealed class FakeAdapterSession(FakeModelSession inner) : IAdapterSession
{
    private const long BytesPerRank = 1000;

    private readonly HashSet<int> _loaded = [];

    private int _lastNumber;

    public int VocabularySize => inner.VocabularySize;

    public int SlotCount => inner.SlotCount;

    public int SlotCapacity => inner.SlotCapacity;

    public long KvBytesPerToken => inner.KvBytesPerToken;

    /// <summary>Gets the adapters of the runs so far, in order, each once as long as it goes on.</summary>
    public List<int> Used { get; } = [];

    public int LoadedCount
    {
        get
        {
            lock (_loaded)
                return _loaded.Count;
        }
    }

    public AdapterHandle LoadAdapter(LoraAdapter adapter, long availableBytes)
    {
        lock (_loaded)
        {
            var bytes = adapter.Rank * BytesPerRank;
            if (bytes > availableBytes)
                throw new InferenceException("ADAPTER_LIMIT", "too large");
            _loaded.Add(++_lastNumber);
            return new AdapterHandle(_lastNumber, bytes);
        }
    }

    public void FreeAdapter(AdapterHandle handle)
    {
        lock (_loaded)
            Assert.True(_loaded.Remove(handle.Number), "freed twice");
    }

    public void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, AdapterHandle? adapter, Span<float> logits)
    {
        Use(adapter);
        inner.Extend(slot, pastLength, tokenIds, logits);
    }

    public void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, ReadOnlySpan<AdapterHandle?> adapters, Span<float> logits)
    {
        foreach (var adapter in adapters)
            Use(adapter);
        inner.Decode(tokenIds, pastLengths, logits);
    }

    public void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, Span<float> logits) => Extend(slot, pastLength, tokenIds, null, logits);

    public void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, Span<float> logits) => inner.Decode(tokenIds, pastLengths, logits);

    public void CopySlot(int fromSlot, int toSlot, int length) => inner.CopySlot(fromSlot, toSlot, length);

    public void SaveSlot(int slot, int length, Span<byte> destination) => inner.SaveSlot(slot, length, destination);

    public void RestoreSlot(int slot, ReadOnlySpan<byte> source, int savedLength, int length) =>
        inner.RestoreSlot(slot, source, savedLength, length);

    public void Dispose() => inner.Dispose();

    private void Use(AdapterHandle? adapter)
    {
        lock (_loaded)
        {
            if (adapter is not null && !_loaded.Contains(adapter.Number))
                throw new ArgumentException("The engine ran an adapter that is not loaded.");
            var number = adapter?.Number ?? 0;
            if (Used.Count == 0 || Used[^1] != number)
                Used.Add(number);
        }
    }
}
