using TaskServices.Inference.Models;

namespace TaskServices.Inference.Adapters;

/// <summary>A session all of whose runs have one adapter. Owns neither.</summary>
internal sealed class AdaptedSession(IAdapterSession session, AdapterHandle adapter) : IModelSession
{
    private readonly AdapterHandle[] _rows = [.. Enumerable.Repeat(adapter, session.SlotCount)];

    public int VocabularySize => session.VocabularySize;

    public int SlotCount => session.SlotCount;

    public int SlotCapacity => session.SlotCapacity;

    public long KvBytesPerToken => session.KvBytesPerToken;

    public void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, Span<float> logits) =>
        session.Extend(slot, pastLength, tokenIds, adapter, logits);

    public void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, Span<float> logits) =>
        session.Decode(tokenIds, pastLengths, _rows.AsSpan(0, tokenIds.Length), logits);

    public void CopySlot(int fromSlot, int toSlot, int length) => session.CopySlot(fromSlot, toSlot, length);

    public void SaveSlot(int slot, int length, Span<byte> destination) => session.SaveSlot(slot, length, destination);

    public void RestoreSlot(int slot, ReadOnlySpan<byte> source, int savedLength, int length) =>
        session.RestoreSlot(slot, source, savedLength, length);

    public void Dispose()
    {
    }
}
