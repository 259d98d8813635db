using System.Diagnostics;
using System.Text.Json;
using TaskServices.Testing;

namespace TaskServices.Cli.Tests;

/// <summary>The command line as users start it: a process.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Error">What it wrote to stderr.</param>
internal sealed record CliProcess(int ExitCode, string Output, string Error)
{
    private static readonly string Program = TestFiles.InRepository("artifacts", "bin", "TaskServices.Cli", Configuration, "taskservices");

    // artifacts/bin/TaskServices.Cli.Tests/release/ → release
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;

    /// <summary>Gets the lines of stdout as JSON.</summary>
    public IEnumerable<JsonElement> JsonLines =>
        Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);

    public static Task<CliProcess> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);

    /// <param name="environment">Variables beside those of this process.</param>
    public static async Task<CliProcess> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }

    public static Process Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    private static Process Start(IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
