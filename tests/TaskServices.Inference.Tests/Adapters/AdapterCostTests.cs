using System.Diagnostics;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models;
using TaskServices.Inference.Tests.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Adapters;

/// <summary>What the ways to use an adapter cost, on the bundled model and adapter (ADR 0005). Prints, asserts no timing.</summary>
/// <remarks>Processor time on one thread, which says the same on a busy machine; and time on the wall with all threads.</remarks>
public sealed class AdapterCostTests(ITestOutputHelper output)
{
    private const int Rounds = 15;

    private static readonly int[] Prompt = [.. Enumerable.Range(0, 256).Select(i => 100 + (i * 7919 % 40000))];

    [Theory(Explicit = true)]
    [InlineData(1)]
    [InlineData(2)]
    public void Runs_WaysToUseAnAdapter_InTurns(int threads)
    {
        using var folder = new TemporaryFolder();
        var adapterPath = TestFiles.InRepository("models", "text-to-sql");
        var bare = Import(folder, null);
        var mergedDirectory = Import(folder, adapterPath);
        using var plain = Load("base model", () => Open(bare, threads, takesAdapters: false));
        using var merged = Load("merged", () => Open(mergedDirectory, threads, takesAdapters: false));
        using var runtime = Load("base model that takes adapters", () => Open(bare, threads, takesAdapters: true));
        var adapters = (IAdapterSession)runtime;
        using var file = LoraAdapter.Open(adapterPath);
        var one = Load("adapter at run time", () => adapters.LoadAdapter(file, long.MaxValue));
        var other = adapters.LoadAdapter(file, long.MaxValue);
        AdapterHandle?[] same = [one, one, one, one, one, one, one, one];
        AdapterHandle?[] mixed = [one, other, null, one, other, null, one, other];
        Way[] ways =
        [
            new("base model", plain.Extend, plain.Decode),
            new("merged", merged.Extend, merged.Decode),
            new("no row has one", runtime.Extend, runtime.Decode),
            new("at run time", (s, p, t, l) => adapters.Extend(s, p, t, one, l), (t, p, l) => adapters.Decode(t, p, same.AsSpan(0, t.Length), l)),
            new("two and base mixed", (s, p, t, l) => adapters.Extend(s, p, t, one, l), (t, p, l) => adapters.Decode(t, p, mixed.AsSpan(0, t.Length), l)),
        ];
        var logits = new float[8 * plain.VocabularySize];
        Compare($"{threads} threads, prefill of 256", threads, ways, 1, way => way.Extend(0, 0, Prompt, logits.AsSpan(0, plain.VocabularySize)));
        foreach (var rows in new[] { 1, 8 })
        {
            var lengths = Enumerable.Repeat(128, rows).ToArray();
            Compare($"{threads} threads, decode of {rows}", threads, ways, 8, way => way.Decode(Prompt.AsSpan(0, rows), lengths, logits.AsSpan(0, rows * plain.VocabularySize)));
        }
    }

    private static ModelSession Open(string directory, int threads, bool takesAdapters) => ModelSession.Open(
        directory, new ModelSessionOptions { SlotCount = 8, SlotCapacity = 512, ThreadCount = threads, TakesAdapters = takesAdapters, Provider = ExecutionProviderChoice.Cpu });

    private static string Import(TemporaryFolder folder, string? adapter) => new ModelStore(folder.Path).GetOrImport(
        new ModelImportRequest { SourcePath = BundledModel.SourcePath, AdapterPath = adapter }, null, TestContext.Current.CancellationToken);

    private T Load<T>(string what, Func<T> load)
    {
        var (before, start) = (ResidentBytes(), Stopwatch.GetTimestamp());
        var result = load();
        output.WriteLine($"load {what}: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s, {(ResidentBytes() - before) >> 20} MiB more");
        return result;
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>Every way in turn, round after round; the ratio is the median over rounds of the base model's time to the way's in that round.</summary>
    private void Compare(string what, int threads, Way[] ways, int repetitions, Action<Way> run)
    {
        var times = ways.Select(_ => new double[Rounds]).ToArray();
        for (var round = -2; round < Rounds; round++)
        {
            for (var i = 0; i < ways.Length; i++)
            {
                var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                for (var repetition = 0; repetition < repetitions; repetition++)
                {
                    run(ways[i]);
                }

                var time = threads == 1 ? Environment.CpuUsage.TotalTime - processor : Stopwatch.GetElapsedTime(start);
                if (round >= 0)
                {
                    times[i][round] = time.TotalMilliseconds / repetitions;
                }
            }
        }

        for (var i = 0; i < ways.Length; i++)
        {
            var ratios = times[0].Zip(times[i], (plain, way) => plain / way).Order().ToArray();
            output.WriteLine(
                $"{what,-26} {ways[i].Name,-20} best {times[i].Min(),7:0.00} ms, median {times[i].Order().ElementAt(Rounds / 2),7:0.00} ms, "
                + $"speed against the base model: median {ratios[Rounds / 2]:0.00}, of best times {times[0].Min() / times[i].Min():0.00}");
        }
    }

    private delegate void ExtendRun(int slot, int pastLength, ReadOnlySpan<int> tokenIds, Span<float> logits);

    private delegate void DecodeRun(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, Span<float> logits);

    private sealed record Way(string Name, ExtendRun Extend, DecodeRun Decode);
}
