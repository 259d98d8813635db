using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tests.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>What a request gives depends on nothing but the request: not on who shares its batch, on chunks, on the cache or on its slot.</summary>
public sealed class TrafficTests(ITestOutputHelper output)
{
    private const int Capacity = 200;
    private const int RequestCount = 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task GenerateAsync_FakeModel_EqualsAloneBitwise(int seed)
    {
        await AssertEqualsAlone(seed, FakeModelSession.DefaultVocabularySize, slots => new FakeModelSession(slots, Capacity));
    }

    [Theory]
    [InlineData("llama", 8, 3)]
    [InlineData("llama", 32, 4)]
    [InlineData("qwen3", 8, 5)]
    [InlineData("gemma2", 32, 6)]
    public async Task GenerateAsync_SmallModel_EqualsAloneBitwise(string name, int bits, int seed)
    {
        var source = TestFiles.TryShared("fixtures", "models", name);
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var directory = folder.File("model");
        ModelImporter.Import(new ModelImportRequest { SourcePath = source, Bits = bits }, directory, null, TestContext.Current.CancellationToken);
        await AssertEqualsAlone(
            seed,
            ModelManifest.Read(directory).VocabularySize,
            slots => ModelSession.Open(directory, new ModelSessionOptions { SlotCount = slots, SlotCapacity = Capacity }));
    }

    private async Task AssertEqualsAlone(int seed, int vocabularySize, Func<int, IModelSession> open)
    {
        var random = new Random(seed);
        var traffic = new RandomTraffic(random, vocabularySize, Capacity);
        var options = new InferenceOptions
        {
            PrefillChunkTokens = random.Next(4, 65),
            PrefixCacheBytes = random.Next(0, 4) * 100_000,
            QueueCapacity = RequestCount,
        };
        var runs = await traffic.RunAsync(open(random.Next(3, 9)), options, RequestCount);
        await using var engine = new InferenceEngine(
            open(1), new FakeTokenizer(vocabularySize), new InferenceOptions { PrefixCacheBytes = 0 }, createMatcher: FakeGrammar.Create);
        foreach (var (request, completion) in runs)
        {
            var alone = await engine.GenerateAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(alone.TokenIds, completion.TokenIds);
            Assert.Equal(alone.FinishReason, completion.FinishReason);
            Assert.Equal(alone.LogProbabilities, completion.LogProbabilities);
        }

        output.WriteLine($"{options}; {runs.Count} completed, {runs.Sum(run => run.Completion.CachedPromptTokenCount)} prompt tokens reused.");
        Assert.InRange(runs.Count, RequestCount / 2, RequestCount - 1);
        Assert.True(options.PrefixCacheBytes == 0 || runs.Any(run => run.Completion.CachedPromptTokenCount > 0));
    }
}
