using System.Text;
using TaskServices.Inference.Tokenization.Bpe;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Makes the last step of a pipeline from a vocabulary and its merges.</summary>
internal static class BpeSteps
{
    /// <summary>Makes a merge of two tokens whose text together is a third.</summary>
    public static Merge Merge(TokenTable tokens, string left, string right, int rank, string field) => new(
        tokens.Require(left, field), tokens.Require(right, field), rank, tokens.Require(left + right, field));

    public static EncodingStep ByteLevel(TokenTable tokens, IReadOnlyCollection<Merge> merges, bool ignoresMerges)
    {
        var byteSymbols = new int[256];
        for (var value = 0; value < 256; value++)
            byteSymbols[value] = tokens.Find(ByteAlphabet.CharacterOf((byte)value).ToString()) ?? -1;
        if (Array.TrueForAll(byteSymbols, id => id < 0))
            throw TokenizerErrors.Invalid(tokens.File, "vocabulary", "holds none of the 256 byte tokens that a byte-level BPE begins with");

        return new ByteBpeStep(byteSymbols, new MergeTable(merges), ignoresMerges ? WholeWords(tokens) : null);
    }

    public static EncodingStep Characters(
        TokenTable tokens, IReadOnlyCollection<Merge> merges, bool ignoresMerges, UnknownCharacters fallback)
    {
        var characters = new Dictionary<Rune, int>();
        foreach (var (text, id) in tokens.Ids)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) == System.Buffers.OperationStatus.Done && length == text.Length)
                characters[rune] = id;
        }

        var symbols = new CharacterSymbols(characters, [], tokens.Count, fallback);
        var apart = WordsAreApart(tokens, merges);
        // Added tokens are no words: a control token among them would be made from what a user typed.
        var words = tokens.Ids.Where(token => tokens.KindOf(token.Value) is TokenKind.Normal or TokenKind.Byte);
        return new CharacterBpeStep(
            symbols, new MergeTable(merges), apart, ignoresMerges ? words.ToDictionary(StringComparer.Ordinal) : null);
    }

    /// <summary>Tells whether no merge joins a space mark to anything else before it.</summary>
    public static bool WordsAreApart(TokenTable tokens, IEnumerable<Merge> merges) =>
        tokens.Find(CharacterBpeStep.SpaceMark.ToString()) is not null
        && !merges.Any(merge => tokens.TextOf(merge.Result)!.TrimStart(CharacterBpeStep.SpaceMark).Contains(CharacterBpeStep.SpaceMark));

    /// <summary>The words that tokens write: only whole characters can be looked for in a text.</summary>
    private static Dictionary<string, int> WholeWords(TokenTable tokens)
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (text, id) in tokens.Ids)
        {
            if (tokens.KindOf(id) is TokenKind.Normal
                && ByteAlphabet.TryDecode(text) is { } bytes
                && System.Text.Unicode.Utf8.IsValid(bytes))
                words.TryAdd(Encoding.UTF8.GetString(bytes), id);
        }

        return words;
    }
}
