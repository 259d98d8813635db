using TaskServices.Benchmarks.Commands;
using TaskServices.Benchmarks.Contenders;

namespace TaskServices.Benchmarks.Inference;

/// <summary>What to measure. Null paths stand for what is bundled.</summary>
internal sealed record BenchmarkSettings(string? Model, string? Adapter, int Bits, int Threads, int Rounds, int Seed, bool WithPeer);

/// <summary>One whole run: prepares files, starts the contenders, measures, makes the rows.</summary>
internal static class BenchmarkRun
{
    /// <summary>Starts of each contender, for the time to load; the last one stays.</summary>
    private const int Starts = 3;

    private static readonly Metric[] Metrics =
    [
        Metric.Prefill, Metric.Decode, Metric.Concurrency,
        Metric.Prefill.WithAdapter, Metric.Decode.WithAdapter, Metric.Concurrency.WithAdapter,
        Metric.TimeToFirstToken, Metric.TimeToFirstTokenCached, Metric.Memory, Metric.Load,
    ];

    public static async Task<(IReadOnlyList<MetricRow> Rows, IReadOnlyList<string> Contenders)> RunAsync(
        BenchmarkSettings settings, Action<double> report, CancellationToken cancellationToken)
    {
        var files = await BenchmarkFiles.PrepareAsync(settings, cancellationToken);
        List<Side> sides = [new Side("ours", StartOurs, files.Ours(withAdapter: false), isPeer: false, hasAdapter: false)];
        if (settings.WithPeer)
        {
            var startPeer = await NodeLlamaCpp.PrepareAsync(files.CacheFolder, cancellationToken);
            sides.Add(new Side("peer", startPeer, files.Peer(withAdapter: false), isPeer: true, hasAdapter: false));
            if (files.HasAdapter)
            {
                sides.Add(new Side("peer with adapter", startPeer, files.Peer(withAdapter: true), isPeer: true, hasAdapter: true));
            }
        }

        if (files.HasAdapter)
        {
            sides.Add(new Side("ours with adapter", StartOurs, files.Ours(withAdapter: true), isPeer: false, hasAdapter: true));
        }

        try
        {
            for (var start = 0; start < Starts; start++)
            {
                foreach (var side in sides)
                {
                    await side.StartAsync(cancellationToken);
                }
            }

            await new InferenceBenchmark(sides, new Workload(files.VocabularySize, settings.Seed), report).RunAsync(settings.Rounds, cancellationToken);
            return (MakeRows(sides), [.. sides.Where(side => !side.HasAdapter).Select(side => side.Description), files.Description]);
        }
        finally
        {
            foreach (var side in sides)
            {
                side.Dispose();
            }
        }
    }

    private static Contender StartOurs() => Contender.Start("ours", Environment.ProcessPath!, WorkerCommandLine.Name);

    private static MetricRow[] MakeRows(List<Side> sides) =>
    [
        .. from metric in Metrics
           let ours = Median(sides, metric, ofPeer: false)
           where ours is not null
           let peer = Median(sides, metric, ofPeer: true)
           select new MetricRow(metric.Name, ours.Value, peer, ours / peer, metric.Unit) { LowerIsBetter = metric.LowerIsBetter },
    ];

    private static double? Median(List<Side> sides, Metric metric, bool ofPeer) =>
        sides.Where(side => side.IsPeer == ofPeer).Select(side => side.Median(metric)).FirstOrDefault(median => median is not null);
}
