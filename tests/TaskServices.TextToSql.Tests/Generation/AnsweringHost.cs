using System.Text;
using TaskServices.Inference;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;

namespace TaskServices.TextToSql.Tests.Generation;

/// <summary>A model that says what the test tells it. Tokens are characters, and the question is found in the prompt.</summary>
internal sealed class AnsweringHost(Func<string, string> answer) : IInferenceHost
{
    public ModelDescription Model { get; } = new() { Name = "answers", SourceSha256 = "", Bits = 32, ContextLength = 100_000 };

    public ITokenizer Tokenizer { get; } = new Characters();

    public async Task<Completion> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var prompt = Tokenizer.Decode([.. request.PromptTokenIds]);
        var question = prompt[(prompt.IndexOf("\nQ: ", StringComparison.Ordinal) + 4)..prompt.IndexOf("\nV: ", StringComparison.Ordinal)];
        return new()
        {
            TokenIds = Tokenizer.Encode(answer(question)),
            FinishReason = FinishReason.Stop,
            LogProbabilities = [-0.01],
            PromptTokenCount = prompt.Length,
            CachedPromptTokenCount = 0,
        };
    }

    public Task<IReadOnlyList<Completion>> GenerateManyAsync(GenerationRequest request, int count, CancellationToken cancellationToken) => throw new NotSupportedException();

    public StreamedCompletion StreamAsync(GenerationRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<double>> ScoreAsync(
        IReadOnlyList<int> promptTokenIds, IReadOnlyList<IReadOnlyList<int>> continuations, string? adapter, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Characters : ITokenizer
    {
        public int VocabularySize => 65536;

        public int? BosTokenId => null;

        public IReadOnlyList<int> EndTokenIds => [0];

        public int[] Encode(ReadOnlySpan<char> text, bool parseSpecialTokens = false) => [.. text.ToArray().Select(c => (int)c)];

        public string Decode(ReadOnlySpan<int> tokenIds) => string.Concat(tokenIds.ToArray().Select(id => (char)id));

        public ReadOnlySpan<byte> GetTokenBytes(int tokenId) => Encoding.UTF8.GetBytes(((char)tokenId).ToString());
    }
}
