using System.Buffers;
using System.Text;

namespace TaskServices.Inference.Tokenization;

/// <summary>A byte-pair encoding tokenizer: a vocabulary, the pipeline that encodes, and the tokens that begin and end a text.</summary>
/// <param name="vocabulary">What each token ID writes.</param>
/// <param name="pipeline">The first step of encoding.</param>
/// <param name="dropsLeadingSpace">Whether the text was encoded with a space in front, which decoding takes away.</param>
/// <param name="specialTokens">The tokens that begin and end a text.</param>
internal sealed class BpeTokenizer(
    Vocabulary vocabulary, EncodingStep pipeline, bool dropsLeadingSpace, SpecialTokens specialTokens) : ITokenizer
{
    public int VocabularySize => vocabulary.Size;

    public int? BosTokenId => specialTokens.BosTokenId;

    public IReadOnlyList<int> EndTokenIds => specialTokens.EndTokenIds;

    public int? FindControlToken(string text) => specialTokens.ControlTokens.TryGetValue(text, out var id) ? id : null;

    public int[] Encode(ReadOnlySpan<char> text, bool parseSpecialTokens = false) => Encode(text, parseSpecialTokens, atStart: true);

    public int[] EncodeAfterControlToken(ReadOnlySpan<char> text) => Encode(text, parseSpecialTokens: false, atStart: false);

    public string Decode(ReadOnlySpan<int> tokenIds)
    {
        var byteCount = 0;
        foreach (var id in tokenIds)
            byteCount = checked(byteCount + vocabulary.WrittenBytes(id).Length);

        var bytes = ArrayPool<byte>.Shared.Rent(byteCount);
        var count = 0;
        foreach (var id in tokenIds)
        {
            var written = vocabulary.WrittenBytes(id);
            written.CopyTo(bytes.AsSpan(count));
            count += written.Length;
        }

        var start = dropsLeadingSpace && count > 0 && bytes[0] == (byte)' ' ? 1 : 0;
        var text = Encoding.UTF8.GetString(bytes, start, count - start);
        ArrayPool<byte>.Shared.Return(bytes);
        return text;
    }

    public ReadOnlySpan<byte> GetTokenBytes(int tokenId) =>
        vocabulary.KindOf(tokenId) is TokenKind.Control or TokenKind.Unknown ? [] : vocabulary.WrittenBytes(tokenId);

    private int[] Encode(ReadOnlySpan<char> text, bool parseSpecialTokens, bool atStart)
    {
        // Three characters a token is what prose takes; the buffer grows where a text takes more.
        var tokens = new TokenBuffer(text.Length / 3, parseSpecialTokens);
        try
        {
            if (text.Length > 0)
                pipeline.Encode(text, atStart, ref tokens);
            return tokens.ToArray();
        }
        finally
        {
            tokens.Dispose();
        }
    }
}
