using System.Buffers;

namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>Encodes a text as BPE over its characters (SentencePiece BPE; Kudo and Richardson 2018, arXiv 1808.06226).</summary>
/// <param name="symbols">The vocabulary's characters.</param>
/// <param name="merges">The merges between them.</param>
/// <param name="wordsAreApart">
/// Whether no merge joins a space mark to a character before it, so that words can be encoded one by one.
/// </param>
/// <param name="wholeWords">Words that are one token whatever the merges say (<c>ignore_merges</c>), or null.</param>
internal sealed class CharacterBpeStep(
    CharacterSymbols symbols, MergeTable merges, bool wordsAreApart, Dictionary<string, int>? wholeWords) : EncodingStep
{
    /// <summary>U+2581, which stands for a space in the vocabulary.</summary>
    public const char SpaceMark = '\u2581';

    private readonly SymbolMerger _merger = new(merges);
    private readonly WordCache _cache = new();

    public override void Encode(ReadOnlySpan<char> text, bool atStart, ref TokenBuffer tokens)
    {
        while (text.Length > 0)
        {
            var word = wordsAreApart && wholeWords is null ? text[..WordLength(text)] : text;
            EncodeWord(word, ref tokens);
            text = text[word.Length..];
        }
    }

    private static int WordLength(ReadOnlySpan<char> text)
    {
        var start = text.IndexOfAnyExcept(SpaceMark);
        var length = start < 0 ? -1 : text[start..].IndexOf(SpaceMark);
        return length < 0 ? text.Length : start + length;
    }

    private void EncodeWord(ReadOnlySpan<char> word, ref TokenBuffer tokens)
    {
        if (_cache.TryGet(word, out var cached))
        {
            tokens.Append(cached);
            return;
        }

        if (wholeWords is not null && wholeWords.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var whole))
        {
            tokens.Append(whole);
            return;
        }

        var buffer = ArrayPool<int>.Shared.Rent(checked(word.Length * 7));
        var merged = buffer.AsSpan(0, word.Length * 3);
        merged = merged[.._merger.Merge(merged[..symbols.Write(word, merged)])];
        var tokenIds = buffer.AsSpan(word.Length * 3);
        tokenIds = tokenIds[..symbols.ToTokens(merged, tokenIds)];
        _cache.Add(word, tokenIds);
        tokens.Append(tokenIds);
        ArrayPool<int>.Shared.Return(buffer);
    }
}
