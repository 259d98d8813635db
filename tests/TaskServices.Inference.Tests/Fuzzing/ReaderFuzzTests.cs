using System.Diagnostics;
using System.Globalization;
using TaskServices.Inference.Tests.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Fuzzing;

/// <summary>Damaged files end in a typed error or are read, never in anything else, soon and in bounded memory.</summary>
public sealed class ReaderFuzzTests
{
    private const int ShortRunsPerTarget = 250;

    /// <summary>What one file may cost: tables of the largest head size and context that a configuration may ask for are within.</summary>
    private const long LargestAllocation = 200L << 20;

    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("gguf")]
    [InlineData("safetensors")]
    [InlineData("config")]
    [InlineData("index")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer.model")]
    [InlineData("tokenizer.gguf")]
    [InlineData("adapter_config")]
    [InlineData("adapter_model")]
    public void Read_DamagedFile_FailsOnlyWithATypedError(string name)
    {
        var target = FuzzTarget.All().Single(target => target.Name == name);
        Assert.SkipWhen(target.Seeds.Length == 0, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var failures = Enumerable.Range(0, ShortRunsPerTarget).Select(seed => Try(target, seed, folder, keep: null)).OfType<string>().ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    /// <summary>Files that long runs found, by target and seed.</summary>
    [Theory]
    [InlineData("config-3437")]
    [InlineData("adapter_config-607")]
    [InlineData("adapter_config-669")]
    [InlineData("index-4064")]
    public void Read_FoundFile_FailsOnlyWithATypedError(string name)
    {
        var target = FuzzTarget.All().Single(target => target.Name == name[..name.LastIndexOf('-')]);
        Assert.SkipWhen(target.Seeds.Length == 0, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var found = File.ReadAllBytes(TestFiles.InRepository("tests", "TaskServices.Inference.Tests", "Fuzzing", "Found", name));
        Assert.Null(Try(target, found, folder, checkTime: false));
    }

    /// <summary>
    /// <c>TASKSERVICES_FUZZ_SECONDS=600 … -class '*ReaderFuzzTests' -explicit only</c>; files that fail are kept in
    /// <c>artifacts/fuzz</c>, named by target and seed; <c>TASKSERVICES_FUZZ_SEED</c> goes on from another seed.
    /// </summary>
    [Fact(Explicit = true)]
    public void Read_DamagedFilesForMinutes_FailOnlyWithTypedErrors()
    {
        var seconds = Setting("TASKSERVICES_FUZZ_SECONDS", 600);
        var first = Setting("TASKSERVICES_FUZZ_SEED", ShortRunsPerTarget);
        var targets = FuzzTarget.All();
        Assert.SkipWhen(targets.Any(target => target.Seeds.Length == 0), "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var failures = new List<string>();
        var (runs, clock) = (0, Stopwatch.StartNew());
        for (var seed = first; clock.Elapsed.TotalSeconds < seconds && failures.Count < 100; seed++)
        {
            foreach (var target in targets)
            {
                if (Try(target, seed, folder, Path.Combine("artifacts", "fuzz")) is { } failure)
                {
                    failures.Add(failure);
                }

                runs++;
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{runs} files, seeds {first} to {first + (runs / targets.Count) - 1}");
        Assert.True(failures.Count == 0, $"{runs} files:\n" + string.Join('\n', failures));
    }

    private static int Setting(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <returns>What went wrong, or null.</returns>
    private static string? Try(FuzzTarget target, int seed, TemporaryFolder folder, string? keep)
    {
        var random = new Random(seed);
        var bytes = new Mutator(random).Mutate(
            File.ReadAllBytes(target.Seeds[random.Next(target.Seeds.Length)]), File.ReadAllBytes(target.Seeds[random.Next(target.Seeds.Length)]));
        var problem = Try(target, bytes, folder, checkTime: keep is not null);
        if (problem is not null && keep is not null)
        {
            Directory.CreateDirectory(keep);
            File.WriteAllBytes(Path.Combine(keep, $"{target.Name}-{seed}"), bytes);
        }

        return problem is null ? null : $"{target.Name}, seed {seed}: {problem}";
    }

    private static string? Try(FuzzTarget target, byte[] bytes, TemporaryFolder folder, bool checkTime)
    {
        var own = folder.File("case");
        Directory.CreateDirectory(own);
        try
        {
            foreach (var companion in target.Companions)
            {
                File.Copy(companion, Path.Combine(own, Path.GetFileName(companion)));
            }

            File.WriteAllBytes(Path.Combine(own, target.FileName), bytes);
            return Run(target, own, checkTime);
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }
    }

    private static string? Run(FuzzTarget target, string folder, bool checkTime)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var processorTime = Environment.CpuUsage.TotalTime;
        try
        {
            target.Read(folder);
        }
        catch (InferenceException exception)
        {
            if (exception.Message.AsSpan().IndexOfAny('\r', '\n') >= 0 || exception.Message.Length > 2000)
            {
                return $"the message is not one line: {exception.Message}";
            }
        }
#pragma warning disable CA1031 // Anything else is what this looks for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception.ToString();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated > LargestAllocation ? $"{allocated >> 20} MiB allocated"
            : checkTime && Environment.CpuUsage.TotalTime - processorTime is var taken && taken > LongestRead ? $"{taken.TotalSeconds:0.0} s of processor time"
            : null;
    }
}
