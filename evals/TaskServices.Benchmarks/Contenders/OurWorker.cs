using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using TaskServices.Inference;
using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Benchmarks.Contenders;

/// <summary>Our inference host behind the same commands as a peer's process.</summary>
internal sealed class OurWorker : IAsyncDisposable
{
    private InferenceHost? _host;

    private int _prefixLength;

    /// <summary>Answers commands from standard input until it ends.</summary>
    public static async Task RunAsync()
    {
        await using var worker = new OurWorker();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            WorkerAnswer answer;
            try
            {
                answer = await worker.AnswerAsync(JsonSerializer.Deserialize<WorkerCommand>(line, Messages.Json)!);
            }
            catch (Exception exception)
            {
                answer = new WorkerAnswer { Ok = false, Error = exception.Message };
            }

            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(answer, Messages.Json));
        }
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<WorkerAnswer> AnswerAsync(WorkerCommand command)
    {
        var clock = Stopwatch.StartNew();
        switch (command.Command)
        {
            case "load":
                return Load(command.Load!, clock);
            case "memory":
                return new WorkerAnswer { Bytes = PeakResidentBytes() };
            case "complete":
                return await CompleteAsync(command.Tokens!, command.Count, command.Cached ? _prefixLength : 0);
            case "cache":
                _prefixLength = command.Tokens!.Length;
                await CompleteAsync(command.Tokens, 1, _prefixLength);
                return new WorkerAnswer();
            case "inRow":
                foreach (var prompt in command.Prompts!)
                {
                    await CompleteAsync(prompt, command.Count, _prefixLength);
                }

                return new WorkerAnswer { Seconds = clock.Elapsed.TotalSeconds };
            case "atOnce":
                await Task.WhenAll(command.Prompts!.Select(prompt => CompleteAsync(prompt, command.Count, _prefixLength)));
                return new WorkerAnswer { Seconds = clock.Elapsed.TotalSeconds };
            default:
                throw new InvalidOperationException($"unknown command '{command.Command}'");
        }
    }

    private WorkerAnswer Load(LoadSettings settings, Stopwatch clock)
    {
        _host = InferenceHost.Open(
            settings.Model,
            new InferenceOptions(),
            new ModelSessionOptions
            {
                SlotCount = settings.SequenceCount,
                SlotCapacity = settings.ContextTokens,
                ThreadCount = settings.Threads,
                Provider = ExecutionProviderChoice.Cpu,
            });
        var version = typeof(InferenceHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return new WorkerAnswer { Seconds = clock.Elapsed.TotalSeconds, Description = $"TaskServices {version}, {settings.Bits} bits" };
    }

    /// <summary>Takes exactly <paramref name="count"/> greedy tokens: no token ends the completion.</summary>
    private async Task<WorkerAnswer> CompleteAsync(int[] tokens, int count, int prefixLength)
    {
        var clock = Stopwatch.StartNew();
        var first = 0.0;
        var produced = 0;
        var request = new GenerationRequest
        {
            PromptTokenIds = tokens,
            CachedPrefixTokenCount = prefixLength,
            MaxCompletionTokens = count,
            EndTokenIds = [],
        };
        await foreach (var _ in _host!.Engine.StreamAsync(request, CancellationToken.None))
        {
            if (produced++ == 0)
            {
                first = clock.Elapsed.TotalSeconds;
            }
        }

        return new WorkerAnswer { Produced = produced, FirstSeconds = first, Seconds = clock.Elapsed.TotalSeconds };
    }

    private static long PeakResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
