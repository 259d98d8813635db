using System.Buffers;
using System.Text;

namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>Encodes a word as BPE over its UTF-8 bytes (GPT-2; Radford et al. 2019, section 2.2).</summary>
/// <param name="byteSymbols">
/// The token of each byte; -1 where the vocabulary has none and the byte is left out, as its own tokenizer does.
/// </param>
/// <param name="merges">The merges between tokens.</param>
/// <param name="wholeWords">Words that are one token whatever the merges say (<c>ignore_merges</c>), or null.</param>
internal sealed class ByteBpeStep(int[] byteSymbols, MergeTable merges, Dictionary<string, int>? wholeWords) : EncodingStep
{
    private const int StackBytes = 384;

    private readonly SymbolMerger _merger = new(merges);
    private readonly WordCache _cache = new();

    public override void Encode(ReadOnlySpan<char> text, bool atStart, ref TokenBuffer tokens)
    {
        if (_cache.TryGet(text, out var cached))
        {
            tokens.Append(cached);
            return;
        }

        if (wholeWords is not null && wholeWords.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var whole))
        {
            tokens.Append(whole);
            return;
        }

        var maxBytes = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (maxBytes <= StackBytes)
        {
            EncodeWord(text, stackalloc byte[StackBytes], stackalloc int[StackBytes], ref tokens);
            return;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(maxBytes);
        var symbols = ArrayPool<int>.Shared.Rent(maxBytes);
        EncodeWord(text, bytes, symbols, ref tokens);
        ArrayPool<int>.Shared.Return(symbols);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void EncodeWord(ReadOnlySpan<char> word, scoped Span<byte> bytes, scoped Span<int> symbols, ref TokenBuffer tokens)
    {
        var byteCount = Encoding.UTF8.GetBytes(word, bytes);
        var count = 0;
        foreach (var value in bytes[..byteCount])
        {
            if (byteSymbols[value] >= 0)
                symbols[count++] = byteSymbols[value];
        }

        count = _merger.Merge(symbols[..count]);
        _cache.Add(word, symbols[..count]);
        tokens.Append(symbols[..count]);
    }
}
