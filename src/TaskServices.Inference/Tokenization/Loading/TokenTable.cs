using System.Text;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Collects the tokens of a file by ID and by text, and refuses contradictions.</summary>
internal sealed class TokenTable(string file)
{
    /// <summary>The largest published vocabularies have 2^18 tokens.</summary>
    public const int MaxTokens = 1 << 20;

    private const int MaxTokenLength = 4096;

    private readonly List<string?> _texts = [];
    private readonly List<TokenKind> _kinds = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public string File => file;

    public int Count => _texts.Count;

    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>Adds a token, or changes the kind of the same token.</summary>
    public void Add(int id, string text, TokenKind kind, string field)
    {
        if (id is < 0 or >= MaxTokens)
            throw TokenizerErrors.Invalid(file, field, $"token ID {id} is outside 0 to {MaxTokens - 1}");
        if (text.Length > MaxTokenLength)
            throw TokenizerErrors.Invalid(file, field, $"token {id} has {text.Length} characters; at most {MaxTokenLength} are allowed");

        while (_texts.Count <= id)
        {
            _texts.Add(null);
            _kinds.Add(TokenKind.Unused);
        }

        if (_texts[id] is { } other && other != text)
            throw TokenizerErrors.Invalid(file, field, $"token ID {id} is both {Quote(other)} and {Quote(text)}");
        if (!_ids.TryAdd(text, id) && _ids[text] != id)
            throw TokenizerErrors.Invalid(file, field, $"token {Quote(text)} has two IDs, {_ids[text]} and {id}");
        (_texts[id], _kinds[id]) = (text, kind);
    }

    /// <summary>Leaves an ID without a token.</summary>
    public void AddUnused(int id)
    {
        while (_texts.Count <= id)
        {
            _texts.Add(null);
            _kinds.Add(TokenKind.Unused);
        }
    }

    public int? Find(string text) => _ids.TryGetValue(text, out var id) ? id : null;

    public int Require(string text, string field) =>
        Find(text) ?? throw TokenizerErrors.Invalid(file, field, $"names {Quote(text)}, which is not in the vocabulary");

    public TokenKind KindOf(int id) => _kinds[id];

    public string? TextOf(int id) => _texts[id];

    /// <summary>Gets the tokens of one kind by their text.</summary>
    public Dictionary<string, int> OfKind(TokenKind kind) =>
        _ids.Where(token => _kinds[token.Value] == kind).ToDictionary(token => token.Key, token => token.Value, StringComparer.Ordinal);

    /// <summary>Gets the tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>; -1 where one is absent, null where all are.</summary>
    public int[]? ByteTokens()
    {
        var tokens = new int[256];
        for (var value = 0; value < 256; value++)
            tokens[value] = Find($"<0x{value:X2}>") ?? -1;
        return Array.TrueForAll(tokens, id => id < 0) ? null : tokens;
    }

    /// <param name="bytesOf">What a token writes.</param>
    public Vocabulary ToVocabulary(Func<string, TokenKind, byte[]> bytesOf)
    {
        var tokens = new byte[]?[_texts.Count];
        for (var id = 0; id < tokens.Length; id++)
            tokens[id] = _texts[id] is { } text ? bytesOf(text, _kinds[id]) : null;
        return new Vocabulary(tokens, [.. _kinds]);
    }

    /// <summary>Shortens a text from a file for one line of a message.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, 40)))
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        return shown.Append(text.Length > 40 ? "…'" : "'").ToString();
    }
}
