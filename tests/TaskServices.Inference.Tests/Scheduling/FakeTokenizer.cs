using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>A vocabulary of numbers; token 0 ends.</summary>
internal sealed class FakeTokenizer(int vocabularySize = FakeModelSession.DefaultVocabularySize) : ITokenizer
{
    public int VocabularySize => vocabularySize;

    public int? BosTokenId => null;

    public IReadOnlyList<int> EndTokenIds { get; } = [0];

    public int[] Encode(ReadOnlySpan<char> text, bool parseSpecialTokens = false) => throw new NotSupportedException();

    public string Decode(ReadOnlySpan<int> tokenIds) => throw new NotSupportedException();

    public ReadOnlySpan<byte> GetTokenBytes(int tokenId) => throw new NotSupportedException();
}
