using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Tests.Scheduling;

public sealed class PrefixReuseTests
{
    private const int Capacity = 200;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateAsync_PrefixSeenBefore_ComesFromTheCache()
    {
        var session = new FakeModelSession(1, Capacity);
        await using var engine = InferenceEngineTests.Engine(session);
        var (first, other) = (Prompt(1, 40), Prompt(2, 60));
        await engine.GenerateAsync(Keep([.. first, 3], 40), TestToken);
        await engine.GenerateAsync(Keep([.. other, 4], 60), TestToken); // Overwrites the only slot.
        var request = Keep([.. first, 5, 6], 40);
        var completion = await engine.GenerateAsync(request, TestToken);
        Assert.Equal(40, completion.CachedPromptTokenCount);
        Assert.Equal(40, session.RestoredTokens);
        Assert.Equal(Oracle.Complete(request, Capacity).TokenIds, completion.TokenIds);
    }

    [Fact]
    public async Task GenerateAsync_CacheOverBudget_EvictsTheLeastRecentlyUsed()
    {
        var session = new FakeModelSession(1, Capacity);
        await using var engine = InferenceEngineTests.Engine(session, new InferenceOptions { PrefixCacheBytes = 2 * 40 * sizeof(ulong) });
        int[][] prefixes = [Prompt(1, 40), Prompt(2, 40), Prompt(3, 40)];
        List<int> cached = [];
        foreach (var i in new[] { 0, 1, 0, 2, 0, 1 })
            cached.Add((await engine.GenerateAsync(Keep([.. prefixes[i], 7, 8], 40), TestToken)).CachedPromptTokenCount);
        Assert.Equal([0, 0, 40, 0, 40, 0], cached);
    }

    [Fact]
    public async Task GenerateAsync_ManyPrefixesAtOnce_StayUnderTheBudgetAndRight()
    {
        const long Budget = 5 * 40 * sizeof(ulong);
        using var metrics = new Telemetry.RecordedMetrics();
        await using var engine = new InferenceEngine(
            new FakeModelSession(4, Capacity), new FakeTokenizer(), new InferenceOptions { PrefixCacheBytes = Budget }, new InferenceMetrics(metrics));
        var requests = Enumerable.Range(0, 120).Select(i => Keep([.. Prompt(i % 12, 30 + (i % 12)), i % 90, 1], 30 + (i % 12))).ToArray();
        var completions = await Task.WhenAll(requests.Select(request => engine.GenerateAsync(request, TestToken)));
        foreach (var (request, completion) in requests.Zip(completions))
            Assert.Equal(Oracle.Complete(request, Capacity).TokenIds, completion.TokenIds);
        var used = 0.0;
        foreach (var change in metrics.Of("taskservices.inference.prefix_cache.usage"))
            Assert.InRange(used += change.Value, 0, Budget);
        Assert.True(metrics.Sum("taskservices.inference.prefix_cache.evictions") > 0);
        Assert.Equal(120, metrics.Sum("taskservices.inference.prefix_cache.lookups"));
    }

    [Fact]
    public async Task GenerateAsync_Conversation_ReusesThePromptButNotDecodedTokens()
    {
        await using var engine = InferenceEngineTests.Engine(new FakeModelSession(1, Capacity), new InferenceOptions { PrefixCacheBytes = 0 });
        var prompt = Prompt(1, 50);
        var first = await engine.GenerateAsync(InferenceEngineTests.NoEnd(prompt, 20), TestToken);
        var second = await engine.GenerateAsync(InferenceEngineTests.NoEnd([.. prompt, .. first.TokenIds, 7, 8, 9], 1), TestToken);
        Assert.Equal(50, second.CachedPromptTokenCount); // Decoded tokens' KV rounds otherwise, so it is computed anew.
    }

    [Fact]
    public async Task GenerateAsync_SlotStillHoldsTheBeginning_RunsTheRestOnly()
    {
        var session = new FakeModelSession(1, Capacity);
        await using var engine = InferenceEngineTests.Engine(session, new InferenceOptions { PrefixCacheBytes = 0 });
        var prompt = Prompt(1, 100);
        await engine.GenerateAsync(InferenceEngineTests.NoEnd(prompt, 1), TestToken);
        var before = session.TokensRun;
        var completion = await engine.GenerateAsync(InferenceEngineTests.NoEnd([.. prompt, 1, 2], 1), TestToken);
        Assert.Equal(100, completion.CachedPromptTokenCount);
        Assert.Equal(2, session.TokensRun - before);
    }

    [Fact]
    public async Task GenerateManyAsync_MoreSamplesThanSlots_PrefillsThePromptOnce()
    {
        var session = new FakeModelSession(3, Capacity);
        await using var engine = InferenceEngineTests.Engine(session);
        var request = InferenceEngineTests.NoEnd(Prompt(1, 100), 4) with { Sampling = new(1, 1, 9) };
        var completions = await engine.GenerateManyAsync(request, 7, TestToken);
        Assert.InRange(session.TokensRun, 100, 100 + (7 * 4));
        for (var i = 0; i < 7; i++)
        {
            var alone = request with { Sampling = request.Sampling with { Seed = 9 + (ulong)i } };
            Assert.Equal(Oracle.Complete(alone, Capacity).TokenIds, completions[i].TokenIds);
        }

        Assert.True(completions.Select(c => string.Join(',', c.TokenIds)).Distinct().Count() > 1);
    }

    [Fact]
    public async Task ScoreAsync_Continuations_EqualSummedLogProbabilities()
    {
        await using var engine = InferenceEngineTests.Engine(new FakeModelSession(2, Capacity), new InferenceOptions { PrefillChunkTokens = 9 });
        var prompt = Prompt(1, 50);
        int[][] continuations = [[5], Prompt(2, 30), [6, 7], [5, 9]];
        var scores = await engine.ScoreAsync(prompt, continuations, TestToken);
        for (var i = 0; i < continuations.Length; i++)
            Assert.Equal(Score(prompt, continuations[i]), scores[i], tolerance: 1e-3);
    }

    [Fact]
    public async Task GenerateAsync_ForcedTokens_TakeNoStepOfTheirOwn()
    {
        var session = new FakeModelSession(1, Capacity);
        await using var engine = InferenceEngineTests.Engine(session);
        var request = new GenerationRequest { PromptTokenIds = [1, 2, 3], MaxCompletionTokens = 64, Grammar = FakeGrammar.Text(32) };
        var completion = await engine.GenerateAsync(request, TestToken);
        var expected = Oracle.Complete(request, Capacity, new FakeGrammar(32));
        Assert.Equal(expected.TokenIds, completion.TokenIds);
        Assert.True(completion.ForcedTokenCount > 0);
        Assert.InRange(session.RunCount, 1, completion.TokenIds.Count - completion.ForcedTokenCount + 1);
    }

    [Fact]
    public async Task GenerateAsync_Speculation_TakesFewerRunsForTheSameTokens()
    {
        // All logits but those of the last token's successor are low: the model repeats its prompt.
        var (plain, drafted) = (await RunsOfCopying(0), await RunsOfCopying(8));
        Assert.Equal(plain.TokenIds, drafted.TokenIds);
        Assert.True(drafted.Runs * 2 < plain.Runs, $"{drafted.Runs} and {plain.Runs} runs");
    }

    [Fact]
    public async Task GenerateAsync_SteadyState_AllocatesNothingPerToken()
    {
        var session = new FakeModelSession(1, 2000);
        long first = 0, last = 0;
        session.BeforeRun = () =>
        {
            if (session.RunCount == 200)
                first = GC.GetAllocatedBytesForCurrentThread();
            if (session.RunCount == 1200)
                last = GC.GetAllocatedBytesForCurrentThread();
        };
        await using var engine = InferenceEngineTests.Engine(session);
        await engine.GenerateAsync(InferenceEngineTests.NoEnd([1, 2], 1300), TestToken);
        Assert.InRange(last - first, 0, 1000 * 8);
    }

    private static async Task<(IReadOnlyList<int> TokenIds, int Runs)> RunsOfCopying(int draft)
    {
        var session = new CopyingSession(400);
        await using var engine = new InferenceEngine(session, new FakeTokenizer(), new InferenceOptions { SpeculationDraftTokens = draft });
        var completion = await engine.GenerateAsync(InferenceEngineTests.NoEnd([.. Enumerable.Range(1, 90), 1, 2, 3], 60), TestToken);
        return (completion.TokenIds, session.RunCount);
    }

    private static double Score(int[] prompt, int[] continuation)
    {
        List<int> history = [.. prompt];
        var sum = 0.0;
        foreach (var tokenId in continuation)
        {
            var logits = FakeModelSession.LogitsOf(history.ToArray());
            sum += logits[tokenId] - Math.Log(logits.Sum(x => Math.Exp(x)));
            history.Add(tokenId);
        }

        return sum;
    }

    private static int[] Prompt(int seed, int length) => InferenceEngineTests.RandomTokens(new Random(seed), length);

    private static GenerationRequest Keep(int[] prompt, int kept) => new()
    {
        PromptTokenIds = prompt,
        CachedPrefixTokenCount = kept,
        MaxCompletionTokens = 6,
    };
}
