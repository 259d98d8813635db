using TaskServices.Inference.Models;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>
/// A session whose logits are a hash of all KV that a slot holds, each entry of which is a hash of all before it: a wrong slot, a stale
/// entry or a wrong length changes everything that follows. It checks each precondition of the contract.
/// </summary>
internal sealed class FakeModelSession(int slotCount, int slotCapacity, int vocabularySize = FakeModelSession.DefaultVocabularySize)
    : IModelSession
{
    public const int DefaultVocabularySize = 97;

    private readonly ulong[][] _kv = [.. Enumerable.Range(0, slotCount).Select(_ => new ulong[slotCapacity])];
    private readonly int[] _valid = new int[slotCount];
    private int _threadId;

    public int VocabularySize => vocabularySize;

    public int SlotCount => slotCount;

    public int SlotCapacity => slotCapacity;

    public long KvBytesPerToken => sizeof(ulong);

    /// <summary>Gets or sets what runs before each model run, for example to block or to throw.</summary>
    public Action? BeforeRun { get; set; }

    /// <summary>Gets or sets what may spoil the logits.</summary>
    public Action<float[]>? AfterRun { get; set; }

    public bool IsDisposed { get; private set; }

    public int TokensRun { get; private set; }

    public int RunCount { get; private set; }

    public int LargestBatch { get; private set; }

    public int CopiedTokens { get; private set; }

    public int RestoredTokens { get; private set; }

    public List<string> Runs { get; } = [];

    public bool RecordsRuns { get; set; }

    /// <summary>Gets the logits behind a sequence, computed apart from any slot.</summary>
    public static float[] LogitsOf(ReadOnlySpan<int> tokenIds, int vocabularySize = DefaultVocabularySize)
    {
        var entries = new ulong[tokenIds.Length];
        for (var i = 0; i < tokenIds.Length; i++)
            entries[i] = Mix(Fold(entries.AsSpan(0, i)) ^ (ulong)(tokenIds[i] + 1));
        var logits = new float[vocabularySize];
        WriteLogits(Fold(entries), logits);
        return logits;
    }

    public void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, Span<float> logits)
    {
        Begin();
        Check(slot >= 0 && slot < slotCount && tokenIds.Length > 0, "slot or tokens");
        Check(pastLength >= 0 && pastLength <= _valid[slot] && pastLength + tokenIds.Length <= slotCapacity, "length");
        Check(logits.Length % vocabularySize == 0 && logits.Length / vocabularySize <= tokenIds.Length, "logits");
        if (RecordsRuns)
            Runs.Add($"extend {slot} {pastLength}+{tokenIds.Length}");
        var firstRow = tokenIds.Length - (logits.Length / vocabularySize);
        for (var i = 0; i < tokenIds.Length; i++)
        {
            var state = Append(slot, pastLength + i, tokenIds[i]);
            if (i >= firstRow)
                WriteLogits(state, logits.Slice((i - firstRow) * vocabularySize, vocabularySize));
        }

        Spoil(logits);
    }

    public void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, Span<float> logits)
    {
        Begin();
        Check(tokenIds.Length is > 0 && tokenIds.Length <= slotCount && pastLengths.Length == tokenIds.Length, "rows");
        Check(logits.Length == tokenIds.Length * vocabularySize, "logits");
        if (RecordsRuns)
            Runs.Add($"decode {tokenIds.Length}");
        LargestBatch = Math.Max(LargestBatch, tokenIds.Length);
        for (var slot = 0; slot < tokenIds.Length; slot++)
        {
            Check(pastLengths[slot] >= 0 && pastLengths[slot] <= _valid[slot] && pastLengths[slot] < slotCapacity, "length");
            WriteLogits(Append(slot, pastLengths[slot], tokenIds[slot]), logits.Slice(slot * vocabularySize, vocabularySize));
        }

        Spoil(logits);
    }

    public void CopySlot(int fromSlot, int toSlot, int length)
    {
        CheckThread();
        Check(fromSlot >= 0 && fromSlot < slotCount && toSlot >= 0 && toSlot < slotCount && fromSlot != toSlot, "slots");
        Check(length > 0 && length <= _valid[fromSlot], "length");
        Array.Copy(_kv[fromSlot], _kv[toSlot], length);
        _valid[toSlot] = length;
        CopiedTokens += length;
    }

    public void SaveSlot(int slot, int length, Span<byte> destination)
    {
        CheckThread();
        Check(length > 0 && length <= _valid[slot] && destination.Length == length * KvBytesPerToken, "save");
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(_kv[slot].AsSpan(0, length)).CopyTo(destination);
    }

    public void RestoreSlot(int slot, ReadOnlySpan<byte> source, int savedLength, int length)
    {
        CheckThread();
        Check(length > 0 && length <= savedLength && source.Length == savedLength * KvBytesPerToken, "restore");
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(source)[..length].CopyTo(_kv[slot]);
        _valid[slot] = length;
        RestoredTokens += length;
    }

    public void Dispose()
    {
        Check(!IsDisposed, "disposed twice");
        IsDisposed = true;
    }

    private static ulong Fold(ReadOnlySpan<ulong> entries)
    {
        var state = 14695981039346656037UL;
        foreach (var entry in entries)
            state = (state ^ entry) * 1099511628211UL;
        return state;
    }

    private static void WriteLogits(ulong state, Span<float> logits)
    {
        for (var i = 0; i < logits.Length; i++)
            logits[i] = (Mix(state + (ulong)i) >> 40) / (float)(1 << 21);
    }

    private static ulong Mix(ulong z)
    {
        z = (z + 0x9E3779B97F4A7C15 ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static void Check(bool condition, string what)
    {
        if (!condition)
            throw new ArgumentException("The engine broke the session's contract: " + what);
    }

    private ulong Append(int slot, int position, int tokenId)
    {
        Check(tokenId >= 0 && tokenId < vocabularySize, "token");
        _kv[slot][position] = Mix(Fold(_kv[slot].AsSpan(0, position)) ^ (ulong)(tokenId + 1));
        _valid[slot] = position + 1;
        TokensRun++;
        return Fold(_kv[slot].AsSpan(0, position + 1));
    }

    private void Begin()
    {
        CheckThread();
        RunCount++;
        BeforeRun?.Invoke();
    }

    private void Spoil(Span<float> logits)
    {
        if (AfterRun is null)
            return;
        var copy = logits.ToArray();
        AfterRun(copy);
        copy.CopyTo(logits);
    }

    private void CheckThread()
    {
        Check(!IsDisposed, "used after disposal");
        _threadId = _threadId == 0 ? Environment.CurrentManagedThreadId : _threadId;
        Check(_threadId == Environment.CurrentManagedThreadId, "thread");
    }
}
