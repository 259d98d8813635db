using System.Diagnostics;
using System.Text.Json;
using TaskServices.Testing;

namespace TaskServices.Integration.Tests;

/// <summary><c>taskservices serve</c> as a process of its own, on loopback ports that the system chooses.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    // artifacts/bin/TaskServices.Integration.Tests/release/ → release
    private static readonly string Program = TestFiles.InRepository(
        "artifacts", "bin", "TaskServices.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "taskservices");

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private ServeProcess(Process process, Uri rest, Uri grpc) => (_process, Rest, Grpc) = (process, rest, grpc);

    public Uri Rest { get; }

    public Uri Grpc { get; }

    /// <summary>Starts a server and waits until it listens.</summary>
    public static async Task<ServeProcess> StartAsync(int port, int grpcPort, params string[] arguments)
    {
        string[] all = ["serve", "--format", "json", "--port", $"{port}", "--grpc-port", $"{grpcPort}", .. arguments];
        var process = Process.Start(new ProcessStartInfo(Program, all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = new List<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                errors.Add(line.Data ?? "");
            }
        };
        process.BeginErrorReadLine();
        var first = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (first is null)
        {
            lock (errors)
            {
                Assert.Fail("The server did not start: " + string.Join('\n', errors));
            }
        }

        var addresses = JsonDocument.Parse(first!).RootElement;
        return new(process, new Uri(addresses.GetProperty("rest").GetString()!), new Uri(addresses.GetProperty("grpc").GetString()!));
    }

    /// <summary>Starts a server and waits until it is ready.</summary>
    public static async Task<ServeProcess> StartReadyAsync(params string[] arguments)
    {
        var server = await StartAsync(0, 0, arguments);
        await server.WaitUntilAsync(ready: true);
        return server;
    }

    public async Task WaitUntilAsync(bool ready)
    {
        var started = Stopwatch.GetTimestamp();
        while (await IsReadyAsync() != ready)
        {
            Assert.False(_process.HasExited, "The server ended.");
            Assert.True(Stopwatch.GetElapsedTime(started) < StartTimeout, $"Readiness did not become {ready}.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends the process as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(Rest, "/readyz"), TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode;
    }
}
