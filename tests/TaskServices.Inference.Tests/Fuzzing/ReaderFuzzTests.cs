using System.Diagnostics;
using System.Globalization;
using TaskServices.Inference.Tests.Models;

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

    /// <summary>
    /// <c>TASKSERVICES_FUZZ_SECONDS=600 … -class '*ReaderFuzzTests' -explicit only</c>; files that fail are kept in <c>artifacts/fuzz</c>, named by target and seed.
    /// </summary>
    [Fact(Explicit = true)]
    public void Read_DamagedFilesForMinutes_FailOnlyWithTypedErrors()
    {
        var seconds = int.Parse(Environment.GetEnvironmentVariable("TASKSERVICES_FUZZ_SECONDS") ?? "600", CultureInfo.InvariantCulture);
        var targets = FuzzTarget.All();
        Assert.SkipWhen(targets.Any(target => target.Seeds.Length == 0), "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var failures = new List<string>();
        var (runs, clock) = (0, Stopwatch.StartNew());
        for (var seed = ShortRunsPerTarget; clock.Elapsed.TotalSeconds < seconds && failures.Count < 100; seed++)
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

        TestContext.Current.SendDiagnosticMessage($"{runs} files, seeds {ShortRunsPerTarget} to {ShortRunsPerTarget + (runs / targets.Count) - 1}");
        Assert.True(failures.Count == 0, $"{runs} files:\n" + string.Join('\n', failures));
    }

    /// <returns>What went wrong, or null.</returns>
    private static string? Try(FuzzTarget target, int seed, TemporaryFolder folder, string? keep)
    {
        var random = new Random(seed);
        var bytes = new Mutator(random).Mutate(
            File.ReadAllBytes(target.Seeds[random.Next(target.Seeds.Length)]), File.ReadAllBytes(target.Seeds[random.Next(target.Seeds.Length)]));
        var own = folder.File("case");
        Directory.CreateDirectory(own);
        try
        {
            foreach (var companion in target.Companions)
            {
                File.Copy(companion, Path.Combine(own, Path.GetFileName(companion)));
            }

            File.WriteAllBytes(Path.Combine(own, target.FileName), bytes);
            var problem = Run(target, own, checkTime: keep is not null);
            if (problem is not null && keep is not null)
            {
                Directory.CreateDirectory(keep);
                File.WriteAllBytes(Path.Combine(keep, $"{target.Name}-{seed}"), bytes);
            }

            return problem is null ? null : $"{target.Name}, seed {seed}: {problem}";
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }
    }

    private static string? Run(FuzzTarget target, string folder, bool checkTime)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
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
            : checkTime && clock.Elapsed > LongestRead ? $"{clock.Elapsed.TotalSeconds:0.0} s"
            : null;
    }
}
