using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Telemetry;
using TaskServices.Inference.Tests.Scheduling;

namespace TaskServices.Inference.Tests.Telemetry;

public sealed class InferenceMetricsTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateAsync_TwoTenants_CountsTokensTimesAndCostOfEach()
    {
        using var metrics = new RecordedMetrics();
        await using var engine = Engine(metrics, new InferenceOptions { ModelName = "fake", MachineCostPerHour = 3600 });
        var request = InferenceEngineTests.NoEnd([.. Enumerable.Range(1, 40)], 10) with { CachedPrefixTokenCount = 30, Tenant = "a" };
        await engine.GenerateAsync(request, TestToken);
        await engine.GenerateAsync(request, TestToken);
        await engine.GenerateAsync(request with { Tenant = "b", MaxCompletionTokens = 3 }, TestToken);

        Assert.Equal(80, metrics.Sum("gen_ai.client.token.usage", "gen_ai.token.type=input", "taskservices.tenant=a", "gen_ai.request.model=fake"));
        Assert.Equal(20, metrics.Sum("gen_ai.client.token.usage", "gen_ai.token.type=output", "taskservices.tenant=a"));
        Assert.Equal(3, metrics.Sum("gen_ai.client.token.usage", "gen_ai.token.type=output", "taskservices.tenant=b"));
        Assert.Equal(38 + 38, metrics.Sum("taskservices.inference.prompt.cached_tokens"));
        Assert.Equal(1, metrics.Sum("taskservices.inference.prefix_cache.lookups", "result=miss"));
        Assert.Equal(2, metrics.Sum("taskservices.inference.prefix_cache.lookups", "result=hit"));
        Assert.Equal(30 * sizeof(ulong), metrics.Sum("taskservices.inference.prefix_cache.usage"));
        foreach (var name in new[] { "gen_ai.server.request.duration", "gen_ai.server.time_to_first_token", "gen_ai.server.time_per_output_token", "taskservices.inference.queue.duration", "taskservices.inference.prefill.duration", "taskservices.inference.decode.duration" })
        {
            Assert.Equal(3, metrics.Of(name).Count);
            Assert.All(metrics.Of(name), recorded => Assert.Equal("s", recorded.Unit));
        }

        // 3,600 an hour is 1 a second, so cost is model time.
        Assert.Equal(
            metrics.Sum("taskservices.inference.model_time", "taskservices.tenant=a"),
            metrics.Sum("taskservices.inference.cost", "taskservices.tenant=a"),
            tolerance: 1e-9);
        var perThousand = metrics.Of("taskservices.inference.cost_per_1000_tokens").First(recorded => recorded.HasTag("taskservices.tenant=a"));
        Assert.Equal(metrics.Sum("taskservices.inference.cost", "taskservices.tenant=a") / 100 * 1000, perThousand.Value, tolerance: 1e-9);
        Assert.Equal(0, metrics.Sum("taskservices.inference.running.requests"));
        Assert.Equal(0, metrics.Sum("taskservices.inference.queue.length"));
    }

    [Fact]
    public async Task GenerateAsync_Grammar_CountsMasksAndForcedTokens()
    {
        using var metrics = new RecordedMetrics();
        await using var engine = Engine(metrics, new InferenceOptions());
        var completion = await engine.GenerateAsync(
            new() { PromptTokenIds = [1, 2, 3], MaxCompletionTokens = 64, Grammar = FakeGrammar.Text(32) }, TestToken);
        Assert.Equal(completion.ForcedTokenCount, metrics.Sum("taskservices.inference.grammar.forced_tokens"));
        Assert.True(metrics.Sum("taskservices.inference.grammar.masks", "result=miss") > 0);
        Assert.Equal(metrics.Sum("taskservices.inference.grammar.masks"), metrics.Of("taskservices.inference.grammar.mask.duration").Count);
    }

    [Fact]
    public async Task GenerateAsync_Failures_AreCountedByReason()
    {
        using var metrics = new RecordedMetrics();
        using var gate = new ManualResetEventSlim();
        using var source = new CancellationTokenSource();
        var session = new FakeModelSession(1, 100) { BeforeRun = gate.Wait };
        await using var engine = new InferenceEngine(session, new FakeTokenizer(), new InferenceOptions { QueueCapacity = 1 }, new InferenceMetrics(metrics));
        var running = engine.GenerateAsync(InferenceEngineTests.NoEnd([1, 2], 5), TestToken);
        SpinWait.SpinUntil(() => session.RunCount > 0);
        var waiting = engine.GenerateAsync(InferenceEngineTests.NoEnd([1, 2], 5), source.Token);
        Assert.Equal(1, metrics.Sum("taskservices.inference.queue.length"));
        Assert.Equal(1, metrics.Sum("taskservices.inference.running.requests"));
        await Assert.ThrowsAsync<EngineBusyException>(() => engine.GenerateAsync(InferenceEngineTests.NoEnd([1, 2], 5), TestToken));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Set();
        await running;
        Assert.Equal(
            ["QUEUE_FULL", "CANCELLED", null],
            metrics.Of("gen_ai.server.request.duration").Select(recorded => recorded.Tags.GetValueOrDefault("error.type")));
    }

    [Fact]
    public void Tenant_MoreNamesThanFit_AreOther()
    {
        var labels = new LabelSet();
        for (var i = 0; i < LabelSet.Capacity; i++)
            Assert.Equal($"t{i}", labels.Tenant($"t{i}"));
        Assert.Equal("other", labels.Tenant("one more"));
        Assert.Equal("t5", labels.Tenant("t5"));
        Assert.Equal("none", labels.Tenant(null));
    }

    private static InferenceEngine Engine(RecordedMetrics metrics, InferenceOptions options) => new(
        new FakeModelSession(2, 100), new FakeTokenizer(), options, new InferenceMetrics(metrics), createMatcher: FakeGrammar.Create);
}
