using TaskServices.Inference.Tokenization.Bpe;
using TaskServices.Inference.Tokenization.Normalization;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>What a SentencePiece BPE model says, whichever file it came from.</summary>
/// <param name="Tokens">The pieces.</param>
/// <param name="Scores">The score of each piece.</param>
/// <param name="AddsPrefix">Whether a space goes in front of the text.</param>
/// <param name="RemovesExtraSpaces">Whether spaces at both ends, and repeated ones, are dropped.</param>
internal sealed record SentencePieceModel(TokenTable Tokens, float[] Scores, bool AddsPrefix, bool RemovesExtraSpaces)
{
    /// <summary>
    /// Builds the tokenizer. As in SentencePiece itself, text never becomes a control token, whatever it looks like, and always becomes a
    /// user-defined piece, unless that is a control token by its looks.
    /// </summary>
    public BpeTokenizer Build(SpecialTokens specialTokens)
    {
        var unknown = Tokens.OfKind(TokenKind.Unknown).Values;
        var fallback = new UnknownCharacters(
            Tokens.OfKind(TokenKind.Byte).Count > 0 ? Tokens.ByteTokens() : null,
            unknown.Count > 0 ? unknown.Min() : null,
            fusesUnknown: true);

        var pieces = Tokens.OfKind(TokenKind.Normal);
        var userDefined = UserDefinedPieces();
        foreach (var token in userDefined)
            pieces[token.Text] = token.Id;
        if (pieces.Keys.FirstOrDefault(piece => piece.Length > SentencePieceMerges.MaxPieceLength) is { } longest)
        {
            throw TokenizerErrors.Unsupported(
                Tokens.File, "vocabulary", $"a piece of {longest.Length} characters, {TokenTable.Quote(longest)},");
        }

        var merges = new SentencePieceMerges(pieces, Scores);
        EncodingStep pipeline = new CharacterBpeStep(
            merges.Symbols(fallback), new MergeTable(merges.Merges), BpeSteps.WordsAreApart(Tokens, merges.Merges), wholeWords: null);
        if (userDefined.Count > 0)
            pipeline = new AddedTokenStep(userDefined, pipeline);
        pipeline = new NormalizationStep([new SentencePieceSpaces(AddsPrefix, RemovesExtraSpaces)], pipeline);
        return new BpeTokenizer(Tokens.ToVocabulary(TokenBytes.SentencePiece), pipeline, AddsPrefix, specialTokens);
    }

    private List<AddedToken> UserDefinedPieces()
    {
        var result = new List<AddedToken>();
        foreach (var (text, id) in Tokens.OfKind(TokenKind.UserDefined))
        {
            var isControl = ControlTokens.LooksLikeOne(text);
            result.Add(new AddedToken(id, text, isControl));
            if (isControl)
                Tokens.Add(id, text, TokenKind.Control, "vocabulary");
        }

        return result;
    }
}
