using TaskServices.Inference.Adapters;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tests.Models;
using TaskServices.Inference.Tests.Scheduling;

namespace TaskServices.Inference.Tests.Adapters;

/// <summary>Names, versions and limits of adapters, and what they do to requests in flight.</summary>
public sealed class AdapterSetTests : IDisposable
{
    private const int Rank = 4;

    private readonly TemporaryFolder _folder = new();

    private readonly FakeModelSession _model = new(2, 96);

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public void Load_TwoAdapters_ListsThemByName()
    {
        var (_, adapters) = Create(new InferenceOptions());
        adapters.Load("b", Write(1));
        var loaded = adapters.Load("a", Write(2));
        Assert.Equal(["a", "b"], adapters.List().Select(adapter => adapter.Name));
        Assert.Equal(loaded, adapters.Get("a"));
        Assert.Equal((Rank, 0), (loaded.Rank, loaded.RunningRequests));
        Assert.Equal(["q_proj"], loaded.TargetModules);
        Assert.NotEqual(loaded.Version, adapters.Get("b").Version);
    }

    [Fact]
    public void Load_SameContentAgain_LoadsNothing()
    {
        var (session, adapters) = Create(new InferenceOptions());
        Assert.Equal(adapters.Load("a", Write(1)), adapters.Load("a", Write(1)));
        Assert.Equal(1, session.LoadedCount);
    }

    [Theory]
    [InlineData("ADAPTER_LIMIT", 1, 64, 1 << 20)]
    [InlineData("ADAPTER_LIMIT", 8, 64, (Rank * 1000) + 1)]
    [InlineData("ADAPTER_RANK", 8, Rank - 1, 1 << 20)]
    public void Load_OverALimit_IsRefusedAndTheOthersStay(string reason, int count, int rank, long bytes)
    {
        var (session, adapters) = Create(new InferenceOptions { MaxAdapterCount = count, MaxAdapterRank = rank, MaxAdapterBytes = bytes });
        var failure = Assert.Throws<InferenceException>(() =>
        {
            adapters.Load("a", Write(1));
            adapters.Load("b", Write(2));
        });
        Assert.Equal(reason, failure.Reason);
        Assert.Equal(adapters.List().Count, session.LoadedCount);
    }

    [Fact]
    public void Load_ReplacesAtTheCountLimit_FreesTheOldVersion()
    {
        var (session, adapters) = Create(new InferenceOptions { MaxAdapterCount = 1 });
        var first = adapters.Load("a", Write(1));
        Assert.NotEqual(first.Version, adapters.Load("a", Write(2)).Version);
        Assert.Equal(1, session.LoadedCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\nb")]
    public void Load_BadName_IsRefused(string name)
    {
        var (_, adapters) = Create(new InferenceOptions());
        Assert.Equal("ADAPTER_NAME_INVALID", Assert.Throws<InferenceException>(() => adapters.Load(name, Write(1))).Reason);
    }

    [Fact]
    public async Task GenerateAsync_UnknownAdapter_IsRefusedWithWhatIsLoaded()
    {
        var (session, adapters) = Create(new InferenceOptions());
        await using var engine = Engine(session, adapters);
        adapters.Load("known", Write(1));
        var failure = await Assert.ThrowsAsync<InferenceException>(() => engine.GenerateAsync(Request("unknown"), TestToken));
        Assert.Equal("ADAPTER_NOT_FOUND", failure.Reason);
        Assert.Contains("known", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_NameInUse_RequestsKeepTheVersionTheyBeganWith()
    {
        var (session, adapters) = Create(new InferenceOptions());
        using var entered = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        _model.BeforeRun = () =>
        {
            entered.Release();
            gate.Wait(TestToken);
        };
        await using var engine = Engine(session, adapters);
        adapters.Load("a", Write(1));
        var first = engine.GenerateAsync(Request("a"), TestToken);
        await entered.WaitAsync(TestToken);
        Assert.Equal(1, adapters.Get("a").RunningRequests);
        adapters.Load("a", Write(2)); // While the first run of the old version is in progress.
        Assert.Equal(2, session.LoadedCount);
        gate.Set();
        await first;
        Assert.Equal([1], session.Used);
        await engine.GenerateAsync(Request("a"), TestToken);
        Assert.Equal([1, 2], session.Used);
        await adapters.UnloadAsync("a", TestToken);
        Assert.Equal(0, session.LoadedCount);
    }

    [Fact]
    public async Task UnloadAsync_RequestRuns_EndsWithTheRequest()
    {
        var (session, adapters) = Create(new InferenceOptions());
        using var entered = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        _model.BeforeRun = () =>
        {
            entered.Release();
            gate.Wait(TestToken);
        };
        await using var engine = Engine(session, adapters);
        adapters.Load("a", Write(1));
        var running = engine.GenerateAsync(Request("a"), TestToken);
        await entered.WaitAsync(TestToken);
        var unloading = adapters.UnloadAsync("a", TestToken);
        Assert.False(unloading.IsCompleted);
        Assert.Empty(adapters.List());
        Assert.Equal("ADAPTER_NOT_FOUND", (await Assert.ThrowsAsync<InferenceException>(() => engine.GenerateAsync(Request("a"), TestToken))).Reason);
        gate.Set();
        await running;
        await unloading;
        Assert.Equal(0, session.LoadedCount);
    }

    [Fact]
    public async Task GenerateAsync_SamePromptOtherAdapter_ReusesNoKv()
    {
        var (session, adapters) = Create(new InferenceOptions());
        await using var engine = Engine(session, adapters);
        adapters.Load("a", Write(1));
        adapters.Load("b", Write(2));
        List<int> reused = [];
        foreach (var name in new[] { "a", "b", null, "a", "b", null })
            reused.Add((await engine.GenerateAsync(Request(name), TestToken)).CachedPromptTokenCount);
        Assert.Equal([0, 0, 0], reused[..3]);
        Assert.DoesNotContain(0, reused[3..]);
    }

    [Fact]
    public async Task GenerateAsync_CancelledOrRefused_GivesTheAdapterBack()
    {
        var options = new InferenceOptions { QueueCapacity = 1 };
        var (session, adapters) = Create(options);
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        _model.BeforeRun = () => gate.Wait(TestToken);
        await using var engine = Engine(session, adapters, options);
        adapters.Load("a", Write(1));
        var requests = Enumerable.Range(0, 12).Select(_ => Start()).ToArray();
        await cancellation.CancelAsync();
        gate.Set();
        foreach (var request in requests)
            await Assert.ThrowsAnyAsync<Exception>(() => request);
        await adapters.UnloadAsync("a", TestToken);
        Assert.Equal(0, session.LoadedCount);

        async Task<Completion> Start() => await engine.GenerateAsync(Request("a") with { MaxCompletionTokens = 50 }, cancellation.Token);
    }

    public void Dispose() => _folder.Dispose();

    private static GenerationRequest Request(string? adapter) => new()
    {
        PromptTokenIds = [.. Enumerable.Range(1, 30)],
        CachedPrefixTokenCount = 30,
        MaxCompletionTokens = 4,
        EndTokenIds = [],
        Adapter = adapter,
    };

    private static InferenceEngine Engine(FakeAdapterSession session, AdapterSet adapters, InferenceOptions? options = null) =>
        new(session, new FakeTokenizer(), options ?? new InferenceOptions(), adapters: adapters);

    private (FakeAdapterSession Session, AdapterSet Adapters) Create(InferenceOptions options)
    {
        var session = new FakeAdapterSession(_model);
        return (session, new AdapterSet(session, options));
    }

    private string Write(int value)
    {
        var directory = _folder.File("adapter-" + value);
        const string Module = "base_model.model.model.layers.0.self_attn.q_proj.lora_";
        LoraAdapterWriter.Write(
            directory,
            new LoraDescription("base", Rank, Rank, ["q_proj"]),
            [
                new(Module + "A.weight", [Rank, 2], [.. Enumerable.Repeat((float)value, Rank * 2)]),
                new(Module + "B.weight", [3, Rank], [.. Enumerable.Repeat((float)value, Rank * 3)]),
            ],
            asBFloat16: false);
        return directory;
    }
}
