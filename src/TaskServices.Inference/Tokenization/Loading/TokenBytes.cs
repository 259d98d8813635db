using System.Globalization;
using System.Text;
using TaskServices.Inference.Tokenization.Bpe;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>What a token of the vocabulary writes.</summary>
internal static class TokenBytes
{
    /// <summary>In a byte-level vocabulary, where characters stand for bytes; added tokens stand for themselves.</summary>
    public static byte[] ByteLevel(string text, TokenKind kind) =>
        (kind is TokenKind.Normal ? ByteAlphabet.TryDecode(text) : null) ?? Encoding.UTF8.GetBytes(text);

    /// <summary>In a SentencePiece vocabulary, where U+2581 stands for a space and <c>&lt;0x0A&gt;</c> for a byte.</summary>
    public static byte[] SentencePiece(string text, TokenKind kind) => kind switch
    {
        TokenKind.Byte => [byte.Parse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)],
        TokenKind.Normal or TokenKind.UserDefined => Encoding.UTF8.GetBytes(text.Replace(CharacterBpeStep.SpaceMark, ' ')),
        _ => Encoding.UTF8.GetBytes(text),
    };

    public static bool IsByteToken(string text) => text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
        && char.IsAsciiHexDigit(text[3]) && char.IsAsciiHexDigit(text[4]);
}
