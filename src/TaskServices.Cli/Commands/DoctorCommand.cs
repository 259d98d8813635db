using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using TaskServices.Cli.Terminal;
using TaskServices.Inference.Models;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Cli.Commands;

/// <summary><c>doctor</c>: what this machine has, each finding tried and not guessed.</summary>
internal static class DoctorCommand
{
    private const int UsualBits = 8;

    private const int HalfBits = 16;

    private const string CheckedPrompt = "The capital of France is Paris, and the capital of Italy is";

    public static Command Create()
    {
        var databases = new Option<string[]>("--database") { Description = "Database to reach, besides the bundled one; may be given several times.", HelpName = "NAME=URL" };
        var model = new ModelOptions();
        var command = new Command("doctor", "Says what this machine has: SDK, model, cache, CUDA, databases; 1 when something needed is missing.") { databases };
        model.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var findings = new List<Finding>();
            await Add("sdk", isNeeded: false, DescribeSdkAsync);
            await Add("system", isNeeded: true, () => Task.FromResult(DescribeSystem()));
            await Add("cache", isNeeded: true, () => Task.FromResult(DescribeCache(model.Read(parsed).CachePath)));
            await Add("model", isNeeded: true, () => DescribeModelAsync(model.Read(parsed), cancellationToken));
            await Add("cuda", isNeeded: false, () => DescribeCudaAsync(model.Read(parsed), cancellationToken));
            foreach (var (name, url) in DatabaseList.Parse([.. parsed.GetValue(databases) ?? []]))
            {
                await Add("database " + name, isNeeded: true, () => DescribeDatabaseAsync(name, url, cancellationToken));
            }

            Write(findings, parsed.GetValue(GlobalOptions.Format));
            return findings.Exists(finding => finding is { IsOk: false, IsNeeded: true }) ? ExitCode.No : ExitCode.Done;

            async Task Add(string name, bool isNeeded, Func<Task<string>> describe)
            {
                try
                {
                    findings.Add(new(name, true, isNeeded, await describe()));
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    findings.Add(new(name, false, isNeeded, CellText.OneLine(ErrorReport.Describe(exception).Message)));
                }
            }
        });
        ExampleHelpAction.SetExamples(command, "taskservices doctor", "taskservices doctor --database shop=sqlite:shop.db --format json");
        return command;
    }

    private static async Task<string> DescribeSdkAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["--version"]) { RedirectStandardOutput = true, WorkingDirectory = RepositoryFolder.Root })!;
        var version = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return $".NET SDK {version.Trim()}";
    }

    private static string DescribeSystem() => string.Create(
        CultureInfo.InvariantCulture,
        $"{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}, .NET {Environment.Version}, {Environment.ProcessorCount} logical processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0.0} GB memory");

    private static string DescribeCache(string? path)
    {
        var store = new ModelStore(path);
        Directory.CreateDirectory(store.Folder);
        var probe = Path.Combine(store.Folder, $".doctor-{Guid.NewGuid():N}");
        File.WriteAllBytes(probe, []);
        File.Delete(probe);
        return $"{store.Folder} is writable, {store.List().Count} imported models";
    }

    private static async Task<string> DescribeModelAsync(ModelChoice model, CancellationToken cancellationToken)
    {
        using var session = await OpenAsync(model, UsualBits, ExecutionProviderChoice.Cpu, cancellationToken);
        return $"{session.Manifest.Source} runs on the CPU with {session.ThreadCount} threads, {(model.AdapterPath is null ? "no adapter" : "adapter " + model.AdapterPath)}";
    }

    private static async Task<string> DescribeCudaAsync(ModelChoice model, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        foreach (var bits in (int[])[UsualBits, HalfBits])
        {
            using var device = await OpenAsync(model, bits, ExecutionProviderChoice.Cuda, cancellationToken);
            if (!device.UsesCuda)
            {
                throw CliException.Environment("NO_CUDA", "no CUDA session: " + device.FallbackReason);
            }

            using var cpu = await OpenAsync(model, bits, ExecutionProviderChoice.Cpu, cancellationToken);
            var tokenizer = TokenizerLoader.Load(await ImportedModel.GetDirectoryAsync(model, bits, cancellationToken));
            var result = DeviceCheck.Run(device, cpu, tokenizer.Encode(CheckedPrompt));
            findings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"at {bits} bits logits differ from the CPU's by {result.WorstErrorInStd:0.####} standard deviations (at most {DeviceCheck.Tolerance(bits)}), {result.SameBestTokens} of {result.Positions} best tokens alike"));
            if (!result.Passed)
            {
                throw CliException.Environment("CUDA_DIFFERS", $"a CUDA session runs, but wrongly: {findings[^1]}");
            }
        }

        return $"a CUDA session runs: {string.Join("; ", findings)}";
    }

    private static async Task<ModelSession> OpenAsync(ModelChoice model, int bits, ExecutionProviderChoice provider, CancellationToken cancellationToken)
    {
        var directory = await ImportedModel.GetDirectoryAsync(model, bits, cancellationToken);
        return ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 2, SlotCapacity = 128, Provider = provider });
    }

    private static async Task<string> DescribeDatabaseAsync(string name, string url, CancellationToken cancellationToken)
    {
        await using var executor = QueryExecutors.Create(DatabaseUrl.Parse(url));
        var schema = await executor.ReadSchemaAsync(name, ServedDatabases.SchemaTime, cancellationToken);
        return $"{name}: {schema.Tables.Count} tables";
    }

    private static void Write(List<Finding> findings, OutputFormat format)
    {
        if (format is OutputFormat.Json)
        {
            findings.ForEach(finding => JsonLines.Write(new { finding.Name, Ok = finding.IsOk, Needed = finding.IsNeeded, finding.Detail }));
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("", "what", "finding");
        foreach (var finding in findings)
        {
            var mark = finding.IsOk ? new Text("ok", new Style(Color.Green)) : finding.IsNeeded ? new Text("MISSING", new Style(Color.Red)) : new Text("none");
            table.AddRow(mark, new Text(finding.Name), new Text(finding.Detail));
        }

        TerminalOutput.Out.Write(table);
    }

    private sealed record Finding(string Name, bool IsOk, bool IsNeeded, string Detail);
}
