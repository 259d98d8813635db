using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tests.Models;
using TaskServices.Inference.Tests.Telemetry;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>10,000 requests of 16 tokens: memory stays flat, and no slot and no cached prefix leaks.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Requests = 10_000;
    private const long CacheBytes = 4 << 20;

    [Fact(Explicit = true)]
    public Task Soak_SmallModel_KeepsMemoryFlat()
    {
        var source = TestFiles.TryShared("fixtures", "models", "llama");
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        return Soak(source);
    }

    [Fact(Explicit = true)]
    public Task Soak_BundledModel_KeepsMemoryFlat() => Soak(BundledModel.SourcePath);

    private async Task Soak(string source)
    {
        using var folder = new TemporaryFolder();
        var directory = folder.File("model");
        ModelImporter.Import(new ModelImportRequest { SourcePath = source }, directory, null, TestContext.Current.CancellationToken);
        using var metrics = new CountedMeters();
        var session = ModelSession.Open(directory, new ModelSessionOptions { SlotCapacity = 256 });
        var vocabularySize = session.VocabularySize;
        await using var engine = new InferenceEngine(
            session, new FakeTokenizer(vocabularySize), new InferenceOptions { PrefixCacheBytes = CacheBytes }, new InferenceMetrics(metrics));
        var random = new Random(1);
        var prefixes = Enumerable.Range(0, 40).Select(_ => Tokens(random, vocabularySize, 64)).ToArray();
        var resident = new long[10]; // After each tenth.
        var next = 0;
        var clients = Enumerable.Range(0, 12).Select(client => Task.Run(async () =>
        {
            var own = new Random(client);
            while (Interlocked.Increment(ref next) is var i && i <= Requests)
            {
                var request = InferenceEngineTests.NoEnd([.. prefixes[own.Next(40)], .. Tokens(own, vocabularySize, own.Next(1, 20))], 16);
                using var source = new CancellationTokenSource();
                var task = engine.GenerateAsync(request with { CachedPrefixTokenCount = 64 }, source.Token);
                if (own.Next(10) == 0)
                    await source.CancelAsync();
                await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (i % (Requests / 10) == 0)
                    resident[(i * 10 / Requests) - 1] = Resident();
            }
        }));
        await Task.WhenAll(clients);
        var (first, last) = (resident[0], Resident());
        output.WriteLine(
            $"MiB after each {Requests / 10:N0} requests: {string.Join(' ', resident.Select(bytes => bytes >> 20))}; at the end {last >> 20}, "
            + $"{(double)(last - first) / first:P1}; cache {metrics.Sum("taskservices.inference.prefix_cache.usage") / (1 << 20):0.0} MiB.");
        Assert.InRange((double)(last - first) / first, -1, 0.05);
        Assert.Equal(0, metrics.Sum("taskservices.inference.running.requests"));
        Assert.Equal(0, metrics.Sum("taskservices.inference.queue.length"));
        Assert.InRange(metrics.Sum("taskservices.inference.prefix_cache.usage"), 1, CacheBytes);
    }

    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true);
        return Environment.WorkingSet;
    }

    private static int[] Tokens(Random random, int vocabularySize, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(1, vocabularySize))];
}
