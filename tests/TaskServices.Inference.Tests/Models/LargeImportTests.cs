using System.Diagnostics;
using System.Globalization;
using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

/// <summary>Importing what is larger than memory, and importing in several processes.</summary>
public sealed class LargeImportTests
{
    private const string CacheVariable = "TASKSERVICES_TEST_CACHE";

    private const long Gigabyte = 1_000_000_000;

    /// <summary>
    /// The shape of Llama-2 13b and Orca-2 13b with as many layers as <c>TASKSERVICES_TEST_LAYERS</c> says (40 is the whole model: 7 GB read, 8 GB
    /// written), as a Q4_0 file of zeros that takes no room on the disk.
    /// </summary>
    [Fact(Explicit = true)]
    public void Import_Llama13bShape_StaysBelowOneGigabyteAndTheLargestTensor()
    {
        var layers = int.Parse(Environment.GetEnvironmentVariable("TASKSERVICES_TEST_LAYERS") ?? "12", CultureInfo.InvariantCulture);
        using var folder = new TemporaryFolder();
        var largest = SparseGguf.Write(folder.File("model.gguf"), layers);
        ResetPeak();
        var before = PeakBytes();
        ModelImporter.Import(
            new ModelImportRequest { SourcePath = folder.File("model.gguf"), Bits = 4 }, folder.File("model"), null, TestContext.Current.CancellationToken);
        var peak = PeakBytes();
        TestContext.Current.SendDiagnosticMessage(
            $"{new FileInfo(folder.File("model.gguf")).Length / 1_000_000} MB read, {new FileInfo(folder.File("model", "model.onnx.data")).Length / 1_000_000} MB written, "
            + $"peak {peak / 1_000_000} MB of the process, {before / 1_000_000} MB before, largest tensor {largest / 1_000_000} MB");
        Assert.InRange(peak, 1, Gigabyte + largest);
    }

    [Fact]
    public async Task GetOrImport_TwoProcessesAtOnce_WriteOneModel()
    {
        Assert.SkipWhen(TestFiles.TryShared("fixtures", "gguf", "tiny-llama.gguf") is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var processes = Enumerable.Range(0, 2).Select(_ =>
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, ["-method", $"*.{nameof(GetOrImport_AsAnotherProcess_Imports)}", "-explicit", "only"])
            {
                RedirectStandardOutput = true,
                Environment = { [CacheVariable] = folder.File("cache") },
            };
            return Process.Start(start)!;
        }).ToArray();
        foreach (var process in processes)
        {
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, output);
            process.Dispose();
        }

        var directory = Assert.Single(new ModelStore(folder.File("cache")).List());
        Assert.Equal([directory], Directory.GetDirectories(folder.File("cache", "models")));
        ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 1, SlotCapacity = 8 }).Dispose();
    }

    /// <summary>What each process of <see cref="GetOrImport_TwoProcessesAtOnce_WriteOneModel"/> does.</summary>
    [Fact(Explicit = true)]
    public void GetOrImport_AsAnotherProcess_Imports()
    {
        var cache = Environment.GetEnvironmentVariable(CacheVariable);
        Assert.SkipWhen(cache is null, "Started by another test.");
        var source = TestFiles.TryShared("fixtures", "gguf", "tiny-llama.gguf")!;
        new ModelStore(cache).GetOrImport(new ModelImportRequest { SourcePath = source }, null, TestContext.Current.CancellationToken);
    }

    /// <summary>Makes the kernel count the process's peak of resident memory anew.</summary>
    private static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long PeakBytes()
    {
        var line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static class SparseGguf
    {
        private const int Width = 5120;

        private const int Inner = 13824;

        private const int Vocabulary = 32000;

        /// <returns>Bytes of the largest tensor.</returns>
        public static long Write(string path, int layers)
        {
            List<(string Name, long[] Shape, uint Type, long Bytes)> tensors = [Matrix("token_embd", Vocabulary, Width), Matrix("output", Vocabulary, Width), Vector("output_norm")];
            for (var layer = 0; layer < layers; layer++)
            {
                var prefix = $"blk.{layer}.";
                tensors.AddRange(
                [
                    Vector(prefix + "attn_norm"), Vector(prefix + "ffn_norm"), Matrix(prefix + "attn_q", Width, Width), Matrix(prefix + "attn_k", Width, Width), Matrix(prefix + "attn_v", Width, Width),
                    Matrix(prefix + "attn_output", Width, Width), Matrix(prefix + "ffn_gate", Inner, Width), Matrix(prefix + "ffn_up", Inner, Width), Matrix(prefix + "ffn_down", Width, Inner),
                ]);
            }

            var writer = new GgufWriter();
            writer.Add("general.architecture", "llama");
            writer.Add("llama.context_length", 4096);
            writer.Add("llama.embedding_length", Width);
            writer.Add("llama.block_count", layers);
            writer.Add("llama.attention.head_count", 40);
            writer.Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
            writer.WriteSparse(path, tensors);
            return tensors.Max(tensor => tensor.Bytes);
        }

        private static (string Name, long[] Shape, uint Type, long Bytes) Matrix(string name, long rows, long columns) => ($"{name}.weight", [rows, columns], 2, rows * columns / 32 * 18);

        private static (string Name, long[] Shape, uint Type, long Bytes) Vector(string name) => ($"{name}.weight", [Width], 0, Width * 4);
    }
}
