using System.Text;

namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>
/// Makes a merge table of a SentencePiece BPE model, which has scores in place of merges: any two neighbours whose text
/// together is a piece may merge, the highest score first.
/// </summary>
internal sealed class SentencePieceMerges
{
    /// <summary>Bounds the work per piece; SentencePiece itself trains pieces of 16 characters.</summary>
    public const int MaxPieceLength = 256;

    private readonly IReadOnlyDictionary<string, int> _pieces;
    private readonly int _vocabularySize;
    private readonly List<Merge> _merges = [];
    private readonly Dictionary<Rune, int> _characters = [];
    private readonly List<Rune> _virtualCharacters = [];

    /// <param name="pieces">The pieces that merges may make, with their IDs.</param>
    /// <param name="scores">The score of each ID, finite.</param>
    public SentencePieceMerges(Dictionary<string, int> pieces, ReadOnlySpan<float> scores)
    {
        _pieces = pieces;
        _vocabularySize = scores.Length;
        var ranks = Ranks(pieces, scores);
        var lookup = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (piece, id) in pieces)
            AddCharacter(piece, id);
        foreach (var (piece, id) in pieces)
            AddMerges(piece, id, ranks[scores[id]], lookup);
    }

    /// <summary>Gets the merges.</summary>
    public IReadOnlyCollection<Merge> Merges => _merges;

    /// <summary>Makes the symbols that the merges begin with.</summary>
    public CharacterSymbols Symbols(UnknownCharacters fallback) => new(_characters, _virtualCharacters, _vocabularySize, fallback);

    private static Dictionary<float, int> Ranks(Dictionary<string, int> pieces, ReadOnlySpan<float> scores)
    {
        var distinct = new HashSet<float>();
        foreach (var id in pieces.Values)
            distinct.Add(scores[id]);
        var ranks = new Dictionary<float, int>();
        foreach (var score in distinct.OrderDescending())
            ranks.Add(score, ranks.Count);
        return ranks;
    }

    private void AddCharacter(string piece, int id)
    {
        if (Rune.DecodeFromUtf16(piece, out var rune, out var length) == 0 && length == piece.Length)
            _characters[rune] = id;
    }

    private void AddMerges(string piece, int id, int rank, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup)
    {
        for (var split = 1; split < piece.Length; split++)
        {
            if (char.IsLowSurrogate(piece[split]) && char.IsHighSurrogate(piece[split - 1]))
                continue;
            if (SymbolOf(piece.AsSpan(0, split), lookup) is { } left && SymbolOf(piece.AsSpan(split), lookup) is { } right)
                _merges.Add(new Merge(left, right, rank, id));
        }
    }

    private int? SymbolOf(ReadOnlySpan<char> text, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup)
    {
        if (lookup.TryGetValue(text, out var id))
            return id;
        Rune.DecodeFromUtf16(text, out var rune, out var length);
        if (length < text.Length)
            return null;
        if (!_characters.TryGetValue(rune, out var symbol))
        {
            _characters.Add(rune, symbol = _vocabularySize + _virtualCharacters.Count);
            _virtualCharacters.Add(rune);
        }

        return symbol;
    }
}
