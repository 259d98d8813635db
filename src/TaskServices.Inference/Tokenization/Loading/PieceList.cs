namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Adds the pieces of SentencePiece and GGUF vocabularies, which number their kinds alike.</summary>
internal static class PieceList
{
    private static readonly TokenKind[] Kinds =
    [
        TokenKind.Normal, TokenKind.Normal, TokenKind.Unknown, TokenKind.Control, TokenKind.UserDefined, TokenKind.Unused, TokenKind.Byte,
    ];

    /// <summary>Adds the next piece.</summary>
    /// <param name="type">0 (undefined) to 6 (byte).</param>
    public static void Add(TokenTable tokens, List<float> scores, string text, float score, long type)
    {
        var id = tokens.Count;
        if (type < 0 || type >= Kinds.Length)
            throw TokenizerErrors.Invalid(tokens.File, $"token {id}", $"has type {type}; types are 0 to {Kinds.Length - 1}");
        if (!float.IsFinite(score))
            throw TokenizerErrors.Invalid(tokens.File, $"token {id}", $"has the score {score}");

        var kind = Kinds[type];
        if (kind is TokenKind.Byte && !TokenBytes.IsByteToken(text))
        {
            throw TokenizerErrors.Invalid(
                tokens.File, $"token {id}", $"is a byte, but its text is {TokenTable.Quote(text)} and not like <0x0A>");
        }

        if (kind is TokenKind.Unused)
            tokens.AddUnused(id);
        else
            tokens.Add(id, text, kind, $"token {id}");
        scores.Add(score);
    }
}
