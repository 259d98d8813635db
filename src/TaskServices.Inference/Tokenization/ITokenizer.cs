namespace TaskServices.Inference.Tokenization;

/// <summary>Turns text into token IDs and back, exactly as the model's own tokenizer does.</summary>
/// <remarks>Implementations are immutable and safe for use from several threads.</remarks>
public interface ITokenizer
{
    /// <summary>Gets the number of token IDs; valid IDs are 0 to this value minus one.</summary>
    int VocabularySize { get; }

    /// <summary>Gets the token that every prompt begins with, or null where the model uses none.</summary>
    int? BosTokenId { get; }

    /// <summary>Gets the tokens that end a completion (end of text, end of turn).</summary>
    IReadOnlyList<int> EndTokenIds { get; }

    /// <summary>Encodes text. Adds no BOS token.</summary>
    /// <param name="text">Any text; lone surrogates are encoded as U+FFFD.</param>
    /// <param name="parseSpecialTokens">
    /// Whether text such as <c>&lt;|im_end|&gt;</c> becomes that control token. False for anything a user typed.
    /// </param>
    int[] Encode(ReadOnlySpan<char> text, bool parseSpecialTokens = false);

    /// <summary>
    /// Encodes text that follows a control token, nothing in it special: as <see cref="Encode"/>, but tokenizers that put a space before a
    /// text's beginning only, and not before each part of it, put none here.
    /// </summary>
    int[] EncodeAfterControlToken(ReadOnlySpan<char> text) => Encode(text);

    /// <summary>Decodes tokens to text; bytes that are not UTF-8 become U+FFFD. Special tokens are written as their text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A token ID is outside the vocabulary.</exception>
    string Decode(ReadOnlySpan<int> tokenIds);

    /// <summary>Gets the bytes that a token adds to the text; empty for control tokens and unused IDs.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tokenId"/> is outside the vocabulary.</exception>
    ReadOnlySpan<byte> GetTokenBytes(int tokenId);

    /// <summary>Gets a control token by its text, for example <c>&lt;|im_start|&gt;</c>; null where the vocabulary has none such.</summary>
    int? FindControlToken(string text) => Encode(text, parseSpecialTokens: true) is [var id] && GetTokenBytes(id).IsEmpty ? id : null;
}
