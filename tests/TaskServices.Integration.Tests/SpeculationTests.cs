using System.Diagnostics;
using System.Text.Json;
using TaskServices.Cli;
using TaskServices.Inference;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Testing;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Integration.Tests;

/// <summary>What prompt-lookup speculation gains and what it changes, with the bundled model: SQL for 50 questions, and copied spans.</summary>
public sealed class SpeculationTests(ITestOutputHelper output)
{
    private const int DraftTokens = 8;
    private const int QuestionCount = 50;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(8)]
    [InlineData(32)]
    public async Task Sql_WithAndWithoutDrafts_GivesTheSameTokens(int bits)
    {
        await using var plain = Recording(bits, 0, withAdapter: true);
        await using var drafting = Recording(bits, DraftTokens, withAdapter: true);
        var questions = File.ReadLines(TestFiles.InRepository("evals", "datasets", "spider-dev", "questions.jsonl"))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Where((_, i) => i % 19 == 0)
            .Take(QuestionCount)
            .Select(row => (Database: row.GetProperty("db_id").GetString()!, Question: row.GetProperty("question").GetString()!))
            .ToList();
        var pipelines = new[] { new TextToSqlPipeline(plain, new() { MaxCandidates = 1 }), new TextToSqlPipeline(drafting, new() { MaxCandidates = 1 }) };
        foreach (var database in questions.Select(q => q.Database).Distinct())
        {
            var url = DatabaseUrl.Parse("sqlite:" + TestFiles.InRepository("evals", "datasets", "spider-dev", "databases", database, database + ".sqlite"));
            foreach (var pipeline in pipelines)
            {
                pipeline.Register(database, url);
                await pipeline.GenerateAsync(database, "How many are there?", Cancellation); // Fills the prefix cache.
            }
        }

        plain.Completions.Clear();
        drafting.Completions.Clear();
        for (var i = 0; i < questions.Count; i++)
        {
            foreach (var pipeline in i % 2 == 0 ? pipelines : pipelines.Reverse())
                await pipeline.GenerateAsync(questions[i].Database, questions[i].Question, Cancellation);
        }

        Report($"SQL, {bits} bits", plain, drafting);
    }

    [Theory(Explicit = true)]
    [InlineData(8)]
    [InlineData(32)]
    public async Task Copy_WithAndWithoutDrafts_GivesTheSameTokens(int bits)
    {
        await using var plain = Recording(bits, 0, withAdapter: false);
        await using var drafting = Recording(bits, DraftTokens, withAdapter: false);
        var lines = File.ReadAllLines(TestFiles.InRepository("README.md")).Where(line => line.Length > 90 && !line.Contains('|')).Take(12).ToList();
        for (var i = 0; i < lines.Count; i++)
        {
            var prompt = plain.Tokenizer.Encode($"Copy the text.\n\nText: {lines[i]}\nCopy: {lines[i][..20]}");
            var request = new GenerationRequest
            {
                PromptTokenIds = prompt,
                MaxCompletionTokens = 32,
                Grammar = new GrammarText($"root ::= substring_of({Grammar.Quote(lines[i])})"),
            };
            foreach (var host in i % 2 == 0 ? [plain, drafting] : new[] { drafting, plain })
                await host.GenerateAsync(request, Cancellation);
        }

        Report($"copying, {bits} bits", plain, drafting);
    }

    private static RecordingHost Recording(int bits, int draftTokens, bool withAdapter)
    {
        var choice = ModelChoice.From(model: null, adapter: withAdapter ? null : ModelChoice.NoAdapter, cache: null);
        var directory = new ModelStore().GetOrImport(
            new ModelImportRequest { SourcePath = choice.ModelPath, AdapterPath = choice.AdapterPath, Bits = bits }, null, Cancellation);
        return new(InferenceHost.Open(directory, new InferenceOptions { SpeculationDraftTokens = draftTokens }, new ModelSessionOptions { SlotCount = 2 }));
    }

    private void Report(string task, RecordingHost plain, RecordingHost drafting)
    {
        var pairs = plain.Completions.Zip(drafting.Completions).ToList();
        var same = pairs.Count(pair => pair.First.Completion.TokenIds.SequenceEqual(pair.Second.Completion.TokenIds));
        var worst = pairs.Where(pair => pair.First.Completion.TokenIds.SequenceEqual(pair.Second.Completion.TokenIds))
            .SelectMany(pair => pair.First.Completion.LogProbabilities.Zip(pair.Second.Completion.LogProbabilities, (a, b) => Math.Abs(a - b)))
            .DefaultIfEmpty().Max();
        var (before, after) = (plain.Completions.Sum(c => c.Decode.TotalMilliseconds), drafting.Completions.Sum(c => c.Decode.TotalMilliseconds));
        output.WriteLine(
            $"{task}: {same} of {pairs.Count} the same tokens, log-probabilities up to {worst:0.0E0} apart; "
            + $"decoding {plain.Completions.Sum(c => c.Completion.TokenIds.Count)} tokens took {before:0} ms without and {after:0} ms with drafts: {before / after:0.00} x");
        Assert.True(same >= pairs.Count * 9 / 10);
    }

    /// <summary>Keeps each completion and how long it took after its first token.</summary>
    private sealed class RecordingHost(InferenceHost host) : IInferenceHost
    {
        public List<(Completion Completion, TimeSpan Decode)> Completions { get; } = [];

        public ModelDescription Model => host.Model;

        public TaskServices.Inference.Tokenization.ITokenizer Tokenizer => host.Tokenizer;

        public async Task<Completion> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
        {
            var start = Stopwatch.GetTimestamp();
            var completion = await host.GenerateAsync(request, cancellationToken);
            Completions.Add((completion, Stopwatch.GetElapsedTime(start) - completion.TimeToFirstToken - completion.QueueTime));
            return completion;
        }

        public Task<IReadOnlyList<Completion>> GenerateManyAsync(GenerationRequest request, int count, CancellationToken cancellationToken) =>
            host.GenerateManyAsync(request, count, cancellationToken);

        public StreamedCompletion StreamAsync(GenerationRequest request, CancellationToken cancellationToken) => host.StreamAsync(request, cancellationToken);

        public Task<IReadOnlyList<double>> ScoreAsync(
            IReadOnlyList<int> promptTokenIds,
            IReadOnlyList<IReadOnlyList<int>> continuations,
            string? adapter,
            CancellationToken cancellationToken) =>
            host.ScoreAsync(promptTokenIds, continuations, adapter, cancellationToken);

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
