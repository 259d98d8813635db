using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Tests.Scheduling;

public sealed class FairnessTests
{
    private const int Capacity = 4500;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateAsync_ShortPromptBehindALongOne_IsServedFirst()
    {
        using var gate = new ManualResetEventSlim();
        var session = new FakeModelSession(4, Capacity) { RecordsRuns = true, BeforeRun = gate.Wait };
        await using var engine = InferenceEngineTests.Engine(session);
        var longPrompt = engine.GenerateAsync(InferenceEngineTests.NoEnd(Prompt(1, 4096), 2), TestToken);
        SpinWait.SpinUntil(() => session.RunCount > 0);
        var shortPrompt = engine.GenerateAsync(InferenceEngineTests.NoEnd(Prompt(2, 20), 5), TestToken);
        gate.Set();
        await Task.WhenAll(longPrompt, shortPrompt);
        Assert.Equal(1, session.Runs.FindIndex(run => run.EndsWith(" 0+20", StringComparison.Ordinal))); // After the chunk in progress.
        Assert.Equal(Oracle.Complete(InferenceEngineTests.NoEnd(Prompt(1, 4096), 2), Capacity).TokenIds, (await longPrompt).TokenIds);
        Assert.Equal(Oracle.Complete(InferenceEngineTests.NoEnd(Prompt(2, 20), 5), Capacity).TokenIds, (await shortPrompt).TokenIds);
    }

    [Fact]
    public async Task GenerateAsync_EndlessShortPrompts_LeaveTheLongOneItsShare()
    {
        var session = new FakeModelSession(8, Capacity) { RecordsRuns = true };
        await using var engine = InferenceEngineTests.Engine(session, new InferenceOptions { PrefillChunkTokens = 64, PrefixCacheBytes = 0 });
        var longPrompt = engine.GenerateAsync(InferenceEngineTests.NoEnd(Prompt(1, 1024), 1), TestToken);
        var clients = Enumerable.Range(2, 6).Select(seed => Task.Run(
            async () =>
            {
                var random = new Random(seed);
                while (!longPrompt.IsCompleted)
                    await engine.GenerateAsync(InferenceEngineTests.NoEnd(InferenceEngineTests.RandomTokens(random, 30), 3), TestToken);
            },
            TestToken));
        await longPrompt;
        await Task.WhenAll(clients);
        var chunks = session.Runs.Count(run => run.EndsWith("+16", StringComparison.Ordinal) || run.EndsWith("+64", StringComparison.Ordinal));
        var ofLong = session.Runs.FindLastIndex(run => run.EndsWith("+16", StringComparison.Ordinal) || run.EndsWith("+64", StringComparison.Ordinal));
        Assert.True(ofLong <= 10 * chunks, $"{chunks} chunks of the long prompt took {ofLong} runs.");
    }

    [Fact]
    public async Task GenerateAsync_TenantWithManyRequests_DoesNotDelayAnother()
    {
        using var gate = new ManualResetEventSlim();
        var session = new FakeModelSession(1, 100) { RecordsRuns = true, BeforeRun = gate.Wait };
        await using var engine = InferenceEngineTests.Engine(session, new InferenceOptions { PrefixCacheBytes = 0 });
        var many = Enumerable.Range(1, 10).Select(i => InferenceEngineTests.NoEnd([i, 50, 51], 4) with { Tenant = "many" });
        var few = InferenceEngineTests.NoEnd([60, 61, 62, 63, 64], 4) with { Tenant = "few" };
        var tasks = many.Append(few).Select(request => engine.GenerateAsync(request, TestToken)).ToList();
        gate.Set();
        await Task.WhenAll(tasks);
        var prefills = session.Runs.Where(run => run.StartsWith("extend", StringComparison.Ordinal)).ToList();
        Assert.InRange(prefills.IndexOf("extend 0 0+5"), 0, 2);
    }

    [Fact]
    public void Reserve_TenantsOfOtherSizes_ShareTokensEvenly()
    {
        var shares = new FairShares();
        var waiting = Enumerable.Range(0, 30).Select(_ => (Tenant: "large", Tokens: 300, Place: shares.Reserve("large", 300)))
            .Concat(Enumerable.Range(0, 90).Select(_ => (Tenant: "small", Tokens: 100, Place: shares.Reserve("small", 100)))).ToList();
        var served = new Dictionary<string, int> { ["large"] = 0, ["small"] = 0 };
        foreach (var (tenant, tokens, place) in waiting.OrderBy(w => w.Place).Take(60))
        {
            shares.Start(place);
            served[tenant] += tokens;
        }

        Assert.InRange(served["large"] - served["small"], -300, 300);
        Assert.True(shares.Reserve("new", 1) >= waiting.OrderBy(w => w.Place).ElementAt(59).Place);
    }

    private static int[] Prompt(int seed, int length) => InferenceEngineTests.RandomTokens(new Random(seed), length);
}
