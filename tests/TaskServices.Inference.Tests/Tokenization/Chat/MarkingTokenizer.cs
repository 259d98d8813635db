using System.Text;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Tests.Tokenization.Chat;

/// <summary>
/// One token a character, besides given control tokens; decodes control tokens in «marks», so that they can be told from text.
/// </summary>
internal sealed class MarkingTokenizer(int? bosTokenId, params string[] controlTokens) : ITokenizer
{
    public int VocabularySize => controlTokens.Length + char.MaxValue + 1;

    public int? BosTokenId => bosTokenId;

    public IReadOnlyList<int> EndTokenIds => [];

    public int[] Encode(ReadOnlySpan<char> text, bool parseSpecialTokens = false) =>
        parseSpecialTokens
            ? throw new NotSupportedException("Prompts with user text must not be parsed.")
            : Array.ConvertAll(text.ToArray(), c => controlTokens.Length + c);

    public string Decode(ReadOnlySpan<int> tokenIds)
    {
        var text = new StringBuilder();
        foreach (var id in tokenIds)
            text.Append(id < controlTokens.Length ? $"«{controlTokens[id]}»" : ((char)(id - controlTokens.Length)).ToString());
        return text.ToString();
    }

    public ReadOnlySpan<byte> GetTokenBytes(int tokenId) => throw new NotSupportedException();

    public int? FindControlToken(string text) => Array.IndexOf(controlTokens, text) is >= 0 and var id ? id : null;
}
