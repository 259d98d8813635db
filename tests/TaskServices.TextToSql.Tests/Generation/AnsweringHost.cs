using System.Text;
using TaskServices.Inference;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;

namespace TaskServices.TextToSql.Tests.Generation;

/// <summary>A model that says what the test tells it. Tokens are characters, and the question is found in the prompt.</summary>
/// <param name="answer">The first choice for a question.</param>
/// <param name="rivals">What sampling writes; null for the first choice again and again.</param>
/// <param name="logProbability">Of the first choice.</param>
internal sealed class AnsweringHost(Func<string, string> answer, IReadOnlyList<string>? rivals = null, double logProbability = -0.01) : IInferenceHost
{
    /// <summary>Gets the prompts in the order in which they came.</summary>
    public List<string> Prompts { get; } = [];

    public ModelDescription Model { get; } = new() { Name = "answers", SourceSha256 = "", Bits = 32, ContextLength = 100_000 };

    public ITokenizer Tokenizer { get; } = new Characters();

    public async Task<Completion> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var prompt = Tokenizer.Decode([.. request.PromptTokenIds]);
        lock (Prompts)
            Prompts.Add(prompt);
        var question = prompt[(prompt.IndexOf("\nQ: ", StringComparison.Ordinal) + 4)..prompt.IndexOf("\nV: ", StringComparison.Ordinal)];
        return new()
        {
            TokenIds = Tokenizer.Encode(answer(question)),
            FinishReason = FinishReason.Stop,
            LogProbabilities = [logProbability],
            PromptTokenCount = prompt.Length,
            CachedPromptTokenCount = 0,
        };
    }

    public async Task<IReadOnlyList<Completion>> GenerateManyAsync(GenerationRequest request, int count, CancellationToken cancellationToken)
    {
        var completion = await GenerateAsync(request, cancellationToken);
        return [.. Enumerable.Range(0, count).Select(i => rivals is null ? completion : completion with { TokenIds = Tokenizer.Encode(rivals[i % rivals.Count]) })];
    }

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
