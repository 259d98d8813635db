using System.Text;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Tests.Decoding;

/// <summary>Every byte is a token, then some longer pieces, then the end token; encodes greedily, longest piece first.</summary>
internal sealed class FakeTokenizer : ITokenizer
{
    private readonly List<byte[]> _tokens = [];

    public FakeTokenizer(params string[] pieces)
    {
        _tokens.AddRange(Enumerable.Range(0, 256).Select(value => new[] { (byte)value }));
        _tokens.AddRange(pieces.Select(Encoding.UTF8.GetBytes));
        _tokens.Add([]);
    }

    public int VocabularySize => _tokens.Count;

    public int? BosTokenId => null;

    public IReadOnlyList<int> EndTokenIds => [_tokens.Count - 1];

    public int End => _tokens.Count - 1;

    public int[] Encode(ReadOnlySpan<char> text, bool parseSpecialTokens = false)
    {
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var tokens = new List<int>();
        for (var i = 0; i < bytes.Length; i += _tokens[tokens[^1]].Length)
        {
            var rest = bytes[i..];
            tokens.Add(Enumerable.Range(0, End).Where(token => rest.AsSpan().StartsWith(_tokens[token])).MaxBy(token => _tokens[token].Length));
        }

        return [.. tokens];
    }

    public string Decode(ReadOnlySpan<int> tokenIds) => Encoding.UTF8.GetString([.. tokenIds.ToArray().SelectMany(token => _tokens[token])]);

    public ReadOnlySpan<byte> GetTokenBytes(int tokenId) => _tokens[tokenId];
}
