using System.Collections.Concurrent;

namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>Remembers the tokens of the words seen first, up to a bound; later words are merged each time. Thread-safe.</summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare, and would let one text fill the memory.</summary>
    public const int MaxWordLength = 32;

    private const int MaxWords = 16_384;

    private readonly ConcurrentDictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private int _count;

    public WordCache() => _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryGet(ReadOnlySpan<char> word, out int[]? tokenIds)
    {
        tokenIds = null;
        return word.Length <= MaxWordLength && _lookup.TryGetValue(word, out tokenIds);
    }

    public void Add(ReadOnlySpan<char> word, ReadOnlySpan<int> tokenIds)
    {
        if (word.Length <= MaxWordLength && Volatile.Read(ref _count) < MaxWords && _lookup.TryAdd(word, tokenIds.ToArray()))
            Interlocked.Increment(ref _count);
    }
}
