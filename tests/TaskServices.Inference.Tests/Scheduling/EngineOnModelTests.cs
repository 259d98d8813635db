using System.Diagnostics;
using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tests.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>The engine over ONNX Runtime and the bundled model.</summary>
public sealed class EngineOnModelTests(ITestOutputHelper output)
{
    [Fact]
    public async Task GenerateAsync_EightAtOnce_EqualsAloneBitwise()
    {
        using var folder = new TemporaryFolder();
        var directory = Path.Combine(folder.Path, "model");
        var source = TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");
        ModelImporter.Import(new ModelImportRequest { SourcePath = source }, directory, null, TestContext.Current.CancellationToken);
        await using var host = InferenceHost.Open(
            directory, new InferenceOptions { PrefixCacheBytes = 0 }, new ModelSessionOptions { SlotCapacity = 256 });
        var requests = Enumerable.Range(1, 8).Select(i => new GenerationRequest
        {
            PromptTokenIds = host.Tokenizer.Encode($"{i} reasons why the sea is salt:"),
            MaxCompletionTokens = 24,
            EndTokenIds = [],
        }).ToArray();
        List<Completion> alone = [];
        var start = Stopwatch.GetTimestamp();
        foreach (var request in requests)
            alone.Add(await host.Engine.GenerateAsync(request, TestContext.Current.CancellationToken));
        var inARow = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        var together = await Task.WhenAll(requests.Select(r => host.Engine.GenerateAsync(r, TestContext.Current.CancellationToken)));
        var atOnce = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"8 x 24 tokens: {192 / inARow.TotalSeconds:0} tokens/s in a row, {192 / atOnce.TotalSeconds:0} tokens/s at once.");
        foreach (var (one, batched) in alone.Zip(together))
        {
            Assert.Equal(one.TokenIds, batched.TokenIds);
            Assert.Equal(one.LogProbabilities, batched.LogProbabilities);
        }
    }

    [Fact(Explicit = true)]
    public async Task GenerateAsync_ShortPromptBehindALongOne_GetsItsFirstTokenSoon()
    {
        using var folder = new TemporaryFolder();
        var directory = Path.Combine(folder.Path, "model");
        ModelImporter.Import(new ModelImportRequest { SourcePath = BundledModel.SourcePath }, directory, null, TestContext.Current.CancellationToken);
        await using var host = InferenceHost.Open(
            directory, new InferenceOptions { PrefixCacheBytes = 0 }, new ModelSessionOptions { SlotCount = 4, SlotCapacity = 8192 });
        var random = new Random(1);
        var shortPrompt = InferenceEngineTests.NoEnd([.. Enumerable.Range(0, 40).Select(_ => random.Next(1000, 40_000))], 8);
        var longPrompt = InferenceEngineTests.NoEnd([.. Enumerable.Range(0, 8000).Select(_ => random.Next(1000, 40_000))], 8);
        var alone = await host.Engine.GenerateAsync(shortPrompt, TestContext.Current.CancellationToken);
        var running = host.Engine.GenerateAsync(longPrompt, TestContext.Current.CancellationToken);
        List<double> waits = [];
        while (!running.IsCompleted)
        {
            await Task.Delay(500, TestContext.Current.CancellationToken);
            var prompt = shortPrompt with { PromptTokenIds = [random.Next(1000, 40_000), .. shortPrompt.PromptTokenIds.Skip(1)] };
            var behind = await host.Engine.GenerateAsync(prompt, TestContext.Current.CancellationToken);
            waits.Add((behind.QueueTime + behind.TimeToFirstToken).TotalMilliseconds);
        }

        var whole = await running;
        output.WriteLine(
            $"Time to first token of 40 tokens: alone {(alone.QueueTime + alone.TimeToFirstToken).TotalMilliseconds:0} ms; behind 8,000 tokens "
            + $"median {waits.Order().ElementAt(waits.Count / 2):0} ms, worst {waits.Max():0} ms of {waits.Count}; the long prompt {whole.TimeToFirstToken.TotalSeconds:0.0} s.");
        Assert.True(waits.Count > 1);
    }
}
