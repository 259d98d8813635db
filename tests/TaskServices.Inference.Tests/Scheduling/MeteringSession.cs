using TaskServices.Inference.Models;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>Counts what the engine's thread allocates inside the session and between its runs.</summary>
internal sealed class MeteringSession(IModelSession session) : IModelSession
{
    private long _mark;

    public int VocabularySize => session.VocabularySize;

    public int SlotCount => session.SlotCount;

    public int SlotCapacity => session.SlotCapacity;

    public long KvBytesPerToken => session.KvBytesPerToken;

    /// <summary>Gets the bytes allocated in each decode step's run.</summary>
    public List<long> InRuns { get; } = new(10_000);

    /// <summary>Gets the bytes allocated before each decode step, from the end of the run before it.</summary>
    public List<long> BetweenRuns { get; } = new(10_000);

    public void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, Span<float> logits)
    {
        session.Extend(slot, pastLength, tokenIds, logits);
        _mark = GC.GetAllocatedBytesForCurrentThread();
    }

    public void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, Span<float> logits)
    {
        var start = GC.GetAllocatedBytesForCurrentThread();
        session.Decode(tokenIds, pastLengths, logits);
        var end = GC.GetAllocatedBytesForCurrentThread();
        BetweenRuns.Add(start - _mark);
        InRuns.Add(end - start);
        _mark = end;
    }

    public void CopySlot(int fromSlot, int toSlot, int length) => session.CopySlot(fromSlot, toSlot, length);

    public void SaveSlot(int slot, int length, Span<byte> destination) => session.SaveSlot(slot, length, destination);

    public void RestoreSlot(int slot, ReadOnlySpan<byte> source, int savedLength, int length) =>
        session.RestoreSlot(slot, source, savedLength, length);

    public void Dispose() => session.Dispose();
}
