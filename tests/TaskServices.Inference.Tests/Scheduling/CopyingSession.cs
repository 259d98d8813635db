using TaskServices.Inference.Models;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>A model that always goes on with the next number, but for every tenth, where it turns back: good drafts, and some bad.</summary>
internal sealed class CopyingSession(int slotCapacity) : IModelSession
{
    public int VocabularySize => FakeModelSession.DefaultVocabularySize;

    public int SlotCount => 1;

    public int SlotCapacity => slotCapacity;

    public long KvBytesPerToken => 1;

    public int RunCount { get; private set; }

    public void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, Span<float> logits)
    {
        RunCount++;
        logits.Clear();
        var rows = logits.Length / VocabularySize;
        for (var row = 0; row < rows; row++)
        {
            var last = tokenIds[tokenIds.Length - rows + row];
            logits[(row * VocabularySize) + (last % 20 == 19 ? last - 12 : last + 1)] = 9;
        }
    }

    public void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, Span<float> logits) =>
        Extend(0, pastLengths[0], tokenIds, logits);

    public void CopySlot(int fromSlot, int toSlot, int length) => throw new NotSupportedException();

    public void SaveSlot(int slot, int length, Span<byte> destination) => throw new NotSupportedException();

    public void RestoreSlot(int slot, ReadOnlySpan<byte> source, int savedLength, int length) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
