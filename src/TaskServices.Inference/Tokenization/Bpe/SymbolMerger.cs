using System.Buffers;

namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>
/// Byte-pair encoding of one word (Sennrich et al. 2016, arXiv 1508.07909): the pair of the lowest rank merges, leftmost
/// first, until none is left.
/// </summary>
internal sealed class SymbolMerger(MergeTable merges)
{
    /// <summary>Words up to this many symbols are searched from end to end for each merge, which beats a heap.</summary>
    private const int ShortWord = 48;

    /// <summary>Merges in place and returns how many symbols are left.</summary>
    public int Merge(Span<int> symbols) => symbols.Length switch
    {
        < 2 => symbols.Length,
        <= ShortWord => MergeShort(symbols),
        _ => MergeLong(symbols),
    };

    private int MergeShort(Span<int> symbols)
    {
        Span<int> ranks = stackalloc int[ShortWord];
        Span<int> results = stackalloc int[ShortWord];
        var count = symbols.Length;
        for (var i = 0; i + 1 < count; i++)
            ranks[i] = merges.Rank(symbols[i], symbols[i + 1], out results[i]);

        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i + 1 < count; i++)
            {
                if (ranks[i] < ranks[best])
                    best = i;
            }

            if (ranks[best] == int.MaxValue)
                break;

            symbols[best] = results[best];
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            ranks[(best + 1)..count].CopyTo(ranks[best..]);
            results[(best + 1)..count].CopyTo(results[best..]);
            count--;
            if (best > 0)
                ranks[best - 1] = merges.Rank(symbols[best - 1], symbols[best], out results[best - 1]);
            if (best + 1 < count)
                ranks[best] = merges.Rank(symbols[best], symbols[best + 1], out results[best]);
        }

        return count;
    }

    /// <summary>A linked list of symbols and a heap of pairs: n log n, whatever the word.</summary>
    private int MergeLong(Span<int> symbols)
    {
        var links = ArrayPool<int>.Shared.Rent(symbols.Length * 2);
        var previous = links.AsSpan(0, symbols.Length);
        var next = links.AsSpan(symbols.Length, symbols.Length);
        var pairs = new PairHeap(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1;
            Push(symbols, i, i + 1, ref pairs);
        }

        while (pairs.TryPop(out var rank, out var left))
        {
            var right = next[left];
            // A pair whose symbols have merged since is out of date: dead symbols are negative, changed ones rank otherwise.
            if (right >= symbols.Length || symbols[left] < 0 || merges.Rank(symbols[left], symbols[right], out var result) != rank)
                continue;

            symbols[left] = result;
            symbols[right] = -1;
            next[left] = next[right];
            if (next[left] < symbols.Length)
                previous[next[left]] = left;
            Push(symbols, left, next[left], ref pairs);
            Push(symbols, previous[left], left, ref pairs);
        }

        pairs.Dispose();
        ArrayPool<int>.Shared.Return(links);
        return Compact(symbols);
    }

    private void Push(ReadOnlySpan<int> symbols, int left, int right, ref PairHeap pairs)
    {
        if (left < 0 || right >= symbols.Length)
            return;
        var rank = merges.Rank(symbols[left], symbols[right], out _);
        if (rank != int.MaxValue)
            pairs.Push(rank, left);
    }

    private static int Compact(Span<int> symbols)
    {
        var count = 0;
        foreach (var symbol in symbols)
        {
            if (symbol >= 0)
                symbols[count++] = symbol;
        }

        return count;
    }
}
