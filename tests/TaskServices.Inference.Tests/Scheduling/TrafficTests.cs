using TaskServices.Inference.Adapters;
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
    public async Task GenerateAsync_FakeModel_EqualsAloneBitwise(int seed) => await AssertEqualsAlone(
        seed, FakeModelSession.DefaultVocabularySize, adapter: null, slots => new FakeModelSession(slots, Capacity));

    [Theory]
    [InlineData("llama", 8, 2)]
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
        var adapter = TestFiles.TryShared("fixtures", "models", name + "-lora");
        await AssertEqualsAlone(
            seed,
            ModelManifest.Read(directory).VocabularySize,
            adapter,
            slots => ModelSession.Open(
                directory, new ModelSessionOptions { SlotCount = slots, SlotCapacity = Capacity, TakesAdapters = adapter is not null }));
    }

    private static InferenceEngine Engine(IModelSession session, InferenceOptions options, string? adapter)
    {
        var adapters = new AdapterSet(session as IAdapterSession, options);
        if (adapter is not null)
            adapters.Load(Path.GetFileName(adapter), adapter);
        return new(session, new FakeTokenizer(session.VocabularySize), options, adapters: adapters, createMatcher: FakeGrammar.Create);
    }

    private async Task AssertEqualsAlone(int seed, int vocabularySize, string? adapter, Func<int, IModelSession> open)
    {
        var random = new Random(seed);
        var options = new InferenceOptions
        {
            PrefillChunkTokens = random.Next(4, 65),
            PrefixCacheBytes = random.Next(0, 4) * 100_000,
            QueueCapacity = RequestCount,
            SpeculationDraftTokens = seed % 2 == 0 ? 8 : 0,
        };
        var traffic = new RandomTraffic(random, vocabularySize, Capacity, Path.GetFileName(adapter));
        await using var together = Engine(open(random.Next(3, 9)), options, adapter);
        var runs = await traffic.RunAsync(together, RequestCount);
        await using var alone = Engine(open(1), options with { PrefixCacheBytes = 0, PrefillChunkTokens = 256 }, adapter);
        foreach (var (request, completion) in runs)
        {
            var expected = await alone.GenerateAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(expected.TokenIds, completion.TokenIds);
            Assert.Equal(expected.FinishReason, completion.FinishReason);
            Assert.Equal(expected.LogProbabilities, completion.LogProbabilities);
        }

        output.WriteLine(
            $"chunk {options.PrefillChunkTokens}, drafts {options.SpeculationDraftTokens}, adapter {Path.GetFileName(adapter) ?? "none"}: {runs.Count} completed, "
            + $"{runs.Sum(run => run.Completion.CachedPromptTokenCount)} prompt tokens reused.");
        Assert.InRange(runs.Count, RequestCount / 2, RequestCount - 1);
        Assert.True(options.PrefixCacheBytes == 0 || runs.Any(run => run.Completion.CachedPromptTokenCount > 0));
    }
}
