using System.Runtime.InteropServices;

namespace TaskServices.Inference.Scheduling;

/// <summary>KV of prompt prefixes outside the slots, under a memory budget, least recently used out first.</summary>
/// <remarks>
/// Entries are compared by their tokens, not by a hash: a budget holds at most some thousand prefixes, a comparison stops at the first
/// other token, and so the common part of a longer entry is reused too. Not thread safe.
/// </remarks>
internal sealed unsafe class PrefixCache(long budgetBytes, long kvBytesPerToken) : IDisposable
{
    /// <summary>A shorter prefix costs less to run than to look after.</summary>
    public const int ShortestPrefix = 16;

    private readonly LinkedList<Entry> _entries = new(); // Most recently used first.

    public long UsedBytes { get; private set; }

    /// <summary>Gets how many entries were put out for want of room.</summary>
    public int EvictionCount { get; private set; }

    /// <summary>Finds the entry that shares the most first tokens with a prompt.</summary>
    /// <param name="adapterVersion">Content hash of the adapter that the KV must have been computed with; null is the base model.</param>
    /// <returns>The shared length; 0 and a null entry where none shares any.</returns>
    public int Find(ReadOnlySpan<int> tokenIds, string? adapterVersion, out Entry? entry)
    {
        LinkedListNode<Entry>? best = null;
        var bestLength = 0;
        for (var node = _entries.First; node is not null; node = node.Next)
        {
            var length = node.Value.AdapterVersion == adapterVersion ? tokenIds.CommonPrefixLength(node.Value.TokenIds) : 0;
            if (length > bestLength)
                (best, bestLength) = (node, length);
        }

        entry = best?.Value;
        return bestLength;
    }

    /// <summary>Makes an entry the most recently used.</summary>
    public void Touch(Entry entry)
    {
        _entries.Remove(entry.Node);
        _entries.AddFirst(entry.Node);
    }

    /// <summary>Keeps the KV of a prefix that a slot holds, unless an entry covers it or it is over the budget.</summary>
    public void Keep(ReadOnlySpan<int> prefix, string? adapterVersion, KvSlots slots, int slot)
    {
        var bytes = prefix.Length * kvBytesPerToken;
        if (prefix.Length < ShortestPrefix || bytes > Math.Min(budgetBytes, int.MaxValue))
            return;
        if (Find(prefix, adapterVersion, out var found) == prefix.Length)
        {
            Touch(found!);
            return;
        }

        if (found is not null && prefix.StartsWith(found.TokenIds))
            Remove(found); // The longer entry covers it.
        while (UsedBytes + bytes > budgetBytes)
        {
            Remove(_entries.Last!.Value);
            EvictionCount++;
        }

        var entry = new Entry(prefix.ToArray(), adapterVersion, (int)bytes);
        _entries.AddFirst(entry.Node);
        UsedBytes += bytes;
        try
        {
            slots.Save(slot, prefix.Length, entry.Bytes);
        }
        catch
        {
            Remove(entry);
            throw;
        }
    }

    public void Dispose()
    {
        while (_entries.First is { } node)
            Remove(node.Value);
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Node);
        UsedBytes -= entry.Bytes.Length;
        entry.Free();
    }

    /// <summary>One prefix. Its KV lies outside the managed heap, so that an eviction gives the memory back at once.</summary>
    internal sealed class Entry
    {
        private readonly int _byteCount;
        private void* _bytes;

        public Entry(int[] tokenIds, string? adapterVersion, int byteCount)
        {
            (TokenIds, AdapterVersion) = (tokenIds, adapterVersion);
            _byteCount = byteCount;
            _bytes = NativeMemory.Alloc((nuint)byteCount);
            Node = new LinkedListNode<Entry>(this);
        }

        public int[] TokenIds { get; }

        public string? AdapterVersion { get; }

        public LinkedListNode<Entry> Node { get; }

        public Span<byte> Bytes => new(_bytes, _byteCount);

        public void Free()
        {
            NativeMemory.Free(_bytes);
            _bytes = null;
        }
    }
}
