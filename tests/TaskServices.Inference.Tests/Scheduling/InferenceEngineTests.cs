using System.Diagnostics;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Tests.Scheduling;

public sealed class InferenceEngineTests
{
    private const int Capacity = 96;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 256, 0, 0, 1)]
    [InlineData(3, 4, 40 * 8, 0, 2)]
    [InlineData(8, 5, 100 * 8, 4, 3)]
    [InlineData(8, 16, 1 << 20, 0, 4)]
    [InlineData(5, 7, 60 * 8, 8, 5)]
    public async Task GenerateAsync_RandomTraffic_EqualsEachRequestAlone(int slots, int chunk, long cacheBytes, int draft, int seed)
    {
        var options = new InferenceOptions
        {
            PrefillChunkTokens = chunk,
            PrefixCacheBytes = cacheBytes,
            SpeculationDraftTokens = draft,
            QueueCapacity = 1000,
        };
        var session = new FakeModelSession(slots, Capacity);
        await using var engine = Engine(session, options);
        var random = new Random(seed);
        var prefixes = Enumerable.Range(0, 4).Select(_ => RandomTokens(random, random.Next(1, 50))).ToArray();
        List<(GenerationRequest Request, int? GrammarLength, Task<Completion> Task, CancellationTokenSource Source)> runs = [];
        for (var i = 0; i < 200; i++)
        {
            var prefix = prefixes[random.Next(prefixes.Length)];
            int? grammarLength = random.Next(3) == 0 ? 4 * random.Next(0, 8) : null;
            var request = new GenerationRequest
            {
                PromptTokenIds = [.. prefix, .. RandomTokens(random, random.Next(0, 30))],
                CachedPrefixTokenCount = random.Next(2) * prefix.Length,
                MaxCompletionTokens = random.Next(1, 60),
                Sampling = random.Next(2) == 0 ? SamplingOptions.Greedy : new(0.8, random.Next(2) == 0 ? 1 : 0.7, (ulong)i),
                Grammar = grammarLength is { } length ? FakeGrammar.Text(length) : null,
            };
            var source = new CancellationTokenSource();
            runs.Add((request, grammarLength, engine.GenerateAsync(request, source.Token), source));
            if (random.Next(6) == 0)
                await runs[random.Next(runs.Count)].Source.CancelAsync();
            if (random.Next(3) == 0)
                await Task.Delay(random.Next(2), TestToken);
        }

        var completed = 0;
        foreach (var (request, grammarLength, task, source) in runs)
        {
            await task.ContinueWith(_ => { }, TestToken);
            if (task.IsCanceled)
            {
                Assert.True(source.IsCancellationRequested);
                continue;
            }

            completed++;
            var completion = await task;
            var expected = Oracle.Complete(request, Capacity, grammarLength is { } length ? new FakeGrammar(length) : null);
            Assert.Equal(expected.TokenIds, completion.TokenIds);
            Assert.Equal(expected.Reason, completion.FinishReason);
            Assert.Equal(expected.LogProbabilities.Count, completion.LogProbabilities.Count);
            Assert.All(expected.LogProbabilities.Zip(completion.LogProbabilities), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-5));
        }

        Assert.InRange(completed, 100, 200);
    }

    [Fact]
    public async Task GenerateAsync_ManyAtOnce_ShareDecodeSteps()
    {
        using var gate = new ManualResetEventSlim();
        var session = new FakeModelSession(8, Capacity) { BeforeRun = gate.Wait };
        await using var engine = Engine(session);
        var tasks = Enumerable.Range(1, 8).Select(i => engine.GenerateAsync(NoEnd([i, i + 1], 40), TestToken)).ToArray();
        gate.Set();
        await Task.WhenAll(tasks);
        Assert.Equal(8, session.LargestBatch);
    }

    [Fact]
    public async Task GenerateAsync_LongPromptWhileOthersDecode_TakesTurns()
    {
        using var gate = new ManualResetEventSlim();
        var session = new FakeModelSession(4, 400) { RecordsRuns = true, BeforeRun = gate.Wait };
        await using var engine = Engine(session, new InferenceOptions { PrefillChunkTokens = 40 }); // A quarter beside others.
        var first = engine.GenerateAsync(NoEnd([1, 2, 3], 60), TestToken);
        var second = engine.GenerateAsync(NoEnd(RandomTokens(new Random(1), 100), 5), TestToken);
        gate.Set();
        await Task.WhenAll(first, second);
        var prefills = session.Runs.Select((run, i) => (run, i)).Where(x => x.run.EndsWith("+10", StringComparison.Ordinal)).Select(x => x.i).ToArray();
        Assert.True(prefills.Length >= 9);
        Assert.All(prefills.Zip(prefills.Skip(1)), pair => Assert.Equal(2, pair.Second - pair.First));
    }

    [Fact]
    public async Task GenerateAsync_FullQueue_ThrowsBusyWithRetryHint()
    {
        using var gate = new ManualResetEventSlim();
        var session = new FakeModelSession(1, Capacity) { BeforeRun = gate.Wait };
        await using var engine = Engine(session, new InferenceOptions { QueueCapacity = 2 });
        var running = engine.GenerateAsync(NoEnd([1, 2], 5), TestToken);
        SpinWait.SpinUntil(() => session.RunCount > 0);
        var waiting = new[] { engine.GenerateAsync(NoEnd([3], 5), TestToken), engine.GenerateAsync(NoEnd([4], 5), TestToken) };
        var busy = await Assert.ThrowsAsync<EngineBusyException>(() => engine.GenerateAsync(NoEnd([5], 5), TestToken));
        Assert.Equal("QUEUE_FULL", busy.Reason);
        Assert.InRange(busy.RetryAfter, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(60));
        gate.Set();
        await running;
        Assert.Equal(2, (await Task.WhenAll(waiting)).Length);
    }

    [Fact]
    public async Task GenerateAsync_CancelledWhileQueued_EndsAtOnce()
    {
        using var gate = new ManualResetEventSlim();
        using var source = new CancellationTokenSource();
        var session = new FakeModelSession(1, Capacity) { BeforeRun = gate.Wait };
        await using var engine = Engine(session);
        var running = engine.GenerateAsync(NoEnd([1, 2], 5), TestToken);
        SpinWait.SpinUntil(() => session.RunCount > 0);
        var waiting = engine.GenerateAsync(NoEnd([3], 5), source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting); // The engine's thread is still blocked.
        gate.Set();
        Assert.Equal(5, (await running).TokenIds.Count);
    }

    [Fact]
    public async Task GenerateAsync_CancelledBeforehand_EndsCancelled()
    {
        await using var engine = Engine(new FakeModelSession(1, Capacity));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.GenerateAsync(NoEnd([1], 5), new CancellationToken(true)));
    }

    [Fact]
    public async Task GenerateAsync_CancelledWhileRunning_FreesTheSlot()
    {
        using var source = new CancellationTokenSource();
        var session = new FakeModelSession(1, 100_000);
        await using var engine = Engine(session);
        var endless = engine.StreamAsync(NoEnd([1, 2], 5_000), source.Token);
        await foreach (var token in endless)
        {
            Assert.InRange(token.Id, 0, 96);
            break; // Leaving the enumeration cancels.
        }

        Assert.Equal(3, (await engine.GenerateAsync(NoEnd([7], 3), TestToken)).TokenIds.Count);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless.Completion);
    }

    [Fact]
    public async Task StreamAsync_Enumerated_GivesTheCompletionsTokens()
    {
        await using var engine = Engine(new FakeModelSession(2, Capacity));
        var stream = engine.StreamAsync(NoEnd([5, 6], 30), TestToken);
        List<CompletionToken> tokens = [];
        await foreach (var token in stream)
            tokens.Add(token);
        var completion = await stream.Completion;
        Assert.Equal(completion.TokenIds, tokens.Select(token => token.Id));
        Assert.Equal(completion.LogProbabilities.Take(tokens.Count), tokens.Select(token => token.LogProbability));
    }

    [Fact]
    public async Task GenerateAsync_TimeoutPassed_ThrowsDeadlineExceeded()
    {
        var session = new FakeModelSession(1, 100_000) { BeforeRun = () => Thread.Sleep(1) };
        await using var engine = Engine(session);
        var request = NoEnd([1, 2], 50_000) with { Timeout = TimeSpan.FromMilliseconds(20) };
        var failure = await Assert.ThrowsAsync<InferenceException>(() => engine.GenerateAsync(request, TestToken));
        Assert.Equal("DEADLINE_EXCEEDED", failure.Reason);
    }

    [Fact]
    public async Task GenerateAsync_QueuedTooLong_ThrowsQueueTimeout()
    {
        var session = new FakeModelSession(1, 100_000) { BeforeRun = () => Thread.Sleep(1) };
        await using var engine = Engine(session, new InferenceOptions { QueueTimeout = TimeSpan.FromMilliseconds(20) });
        using var source = new CancellationTokenSource();
        var running = engine.GenerateAsync(NoEnd([1, 2], 50_000), source.Token);
        var failure = await Assert.ThrowsAsync<EngineBusyException>(() => engine.GenerateAsync(NoEnd([3], 5), TestToken));
        Assert.Equal("QUEUE_TIMEOUT", failure.Reason);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task DisposeAsync_WhileBusy_FailsAllAndDisposesTheSession()
    {
        var session = new FakeModelSession(2, 100_000);
        var engine = Engine(session);
        var tasks = Enumerable.Range(1, 6).Select(i => engine.GenerateAsync(NoEnd([i], 50_000), TestToken)).ToArray();
        SpinWait.SpinUntil(() => session.RunCount > 5);
        await engine.DisposeAsync();
        Assert.True(session.IsDisposed);
        Assert.False(engine.IsRunning);
        foreach (var task in tasks)
            Assert.Equal("ENGINE_STOPPED", (await Assert.ThrowsAsync<InferenceException>(() => task)).Reason);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.GenerateAsync(NoEnd([1], 1), TestToken));
        await engine.DisposeAsync();
    }

    [Fact]
    public async Task GenerateAsync_OneRunFails_FailsItsRequestsAndServesOn()
    {
        var session = new FakeModelSession(2, Capacity);
        await using var engine = Engine(session);
        session.BeforeRun = () => Throw(session.RunCount == 3);
        var failure = await Assert.ThrowsAsync<InferenceException>(() => engine.GenerateAsync(NoEnd([1, 2, 3], 9), TestToken));
        Assert.Equal("MODEL_RUN_FAILED", failure.Reason);
        var request = NoEnd([1, 2, 3], 9);
        Assert.Equal(Oracle.Complete(request, Capacity).TokenIds.Count, (await engine.GenerateAsync(request, TestToken)).TokenIds.Count);
        Assert.True(engine.IsRunning);
    }

    [Fact]
    public async Task GenerateAsync_RunsKeepFailing_ReportsTheEngineDead()
    {
        using var gate = new ManualResetEventSlim();
        var session = new FakeModelSession(1, Capacity);
        session.BeforeRun = () =>
        {
            gate.Wait();
            Throw(true);
        };
        await using var engine = Engine(session);
        var tasks = Enumerable.Range(1, 5).Select(i => engine.GenerateAsync(NoEnd([i, i], 5), TestToken)).ToArray();
        gate.Set();
        List<string> reasons = [];
        foreach (var task in tasks)
            reasons.Add((await Assert.ThrowsAsync<InferenceException>(() => task)).Reason);
        Assert.Equal(["MODEL_RUN_FAILED", "MODEL_RUN_FAILED", "MODEL_RUN_FAILED", "ENGINE_FAILED", "ENGINE_FAILED"], reasons);
        Assert.False(engine.IsRunning);
        Assert.Equal(
            "ENGINE_FAILED", (await Assert.ThrowsAsync<InferenceException>(() => engine.GenerateAsync(NoEnd([1], 5), TestToken))).Reason);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task GenerateAsync_LogitsNotFinite_FailsThatRequestOnly(float value)
    {
        var session = new FakeModelSession(1, Capacity) { AfterRun = logits => logits[33] = value };
        await using var engine = Engine(session);
        var failure = await Assert.ThrowsAsync<InferenceException>(() => engine.GenerateAsync(NoEnd([1, 2], 5), TestToken));
        Assert.Equal("LOGITS_NOT_FINITE", failure.Reason);
        session.AfterRun = null;
        Assert.Equal(5, (await engine.GenerateAsync(NoEnd([1, 2], 5), TestToken)).TokenIds.Count);
    }

    [Fact]
    public async Task GenerateAsync_MoreTokensThanFit_EndsWithLength()
    {
        await using var engine = Engine(new FakeModelSession(1, 10));
        var completion = await engine.GenerateAsync(NoEnd([1, 2, 3, 4], int.MaxValue), TestToken);
        Assert.Equal(FinishReason.Length, completion.FinishReason);
        Assert.Equal(7, completion.TokenIds.Count); // Six are fed, the seventh needs no room.
    }

    [Theory]
    [InlineData("PROMPT_EMPTY", 0, 1, 1.0, 0.0, 1)]
    [InlineData("PROMPT_TOO_LONG", 97, 1, 1.0, 0.0, 1)]
    [InlineData("REQUEST_INVALID", 1, 0, 1.0, 0.0, 1)]
    [InlineData("REQUEST_INVALID", 1, 1, 0.0, 0.0, 1)]
    [InlineData("REQUEST_INVALID", 1, 1, 1.0, double.NaN, 1)]
    [InlineData("TOKEN_ID_OUT_OF_RANGE", 1, 1, 1.0, 0.0, 97)]
    [InlineData("TOKEN_ID_OUT_OF_RANGE", 1, 1, 1.0, 0.0, -1)]
    public async Task GenerateAsync_BadRequest_Throws(string reason, int promptLength, int maxTokens, double topP, double temperature, int tokenId)
    {
        await using var engine = Engine(new FakeModelSession(1, Capacity));
        var request = new GenerationRequest
        {
            PromptTokenIds = [.. Enumerable.Repeat(tokenId, promptLength)],
            MaxCompletionTokens = maxTokens,
            Sampling = new(temperature, topP),
        };
        Assert.Equal(reason, (await Assert.ThrowsAsync<InferenceException>(() => engine.GenerateAsync(request, TestToken))).Reason);
    }

    [Fact]
    public async Task Constructor_OptionOutOfRange_Throws()
    {
        using var session = new FakeModelSession(1, Capacity);
        var failure = Assert.Throws<InferenceException>(() => Engine(session, new InferenceOptions { PrefillChunkTokens = 0 }));
        Assert.Equal("OPTION_OUT_OF_RANGE", failure.Reason);
        Assert.Contains("PrefillChunkTokens", failure.Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    internal static InferenceEngine Engine(FakeModelSession session, InferenceOptions? options = null) =>
        new(session, new FakeTokenizer(), options ?? new InferenceOptions(), createMatcher: FakeGrammar.Create);

    internal static GenerationRequest NoEnd(int[] prompt, int maxTokens) =>
        new() { PromptTokenIds = prompt, MaxCompletionTokens = maxTokens, EndTokenIds = [], Grammar = null };

    internal static int[] RandomTokens(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(1, FakeModelSession.DefaultVocabularySize))];

    private static void Throw(bool condition)
    {
        if (condition)
            throw new UnreachableException("The device was lost.");
    }
}
