using System.Diagnostics;
using System.Text.Json;

namespace TaskServices.Benchmarks.Contenders;

/// <summary>A process that runs a model and answers commands; one at a time works, so that none disturbs another.</summary>
internal sealed class Contender : IDisposable
{
    /// <summary>The slowest command takes seconds on two cores; a machine that somebody else uses fully may take a hundred times as long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Process _process;

    private Contender(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    /// <summary>Starts a program.</summary>
    /// <exception cref="BenchmarkException"><c>CONTENDER_FAILED</c>: the program cannot be started.</exception>
    public static Contender Start(string name, string program, params string[] arguments)
    {
        try
        {
            var settings = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
            return new Contender(name, Process.Start(settings)!);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new BenchmarkException("CONTENDER_FAILED", $"{program} cannot be started: {exception.Message}", exception);
        }
    }

    /// <exception cref="BenchmarkException"><c>CONTENDER_FAILED</c>: it says so, stopped, or does not answer.</exception>
    public async Task<WorkerAnswer> AskAsync(WorkerCommand command, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command, Messages.Json).AsMemory(), patience.Token);
            await _process.StandardInput.FlushAsync(patience.Token);
            var line = await _process.StandardOutput.ReadLineAsync(patience.Token)
                ?? throw Failed(command, "its process ended");
            var answer = JsonSerializer.Deserialize<WorkerAnswer>(line, Messages.Json)!;
            return answer.Ok ? answer : throw Failed(command, answer.Error);
        }
        catch (IOException exception)
        {
            throw Failed(command, exception.Message);
        }
        catch (JsonException exception)
        {
            throw Failed(command, "it wrote something else than an answer: " + exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(command, $"no answer in {Patience.TotalMinutes:0} minutes");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private BenchmarkException Failed(WorkerCommand command, string? why) =>
        new("CONTENDER_FAILED", $"{Name} failed at '{command.Command}': {why?.ReplaceLineEndings(" ")}");
}
