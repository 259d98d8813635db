using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>Requests with shared prefixes, sampling, grammars and, some, an adapter, which arrive and are cancelled at random.</summary>
internal sealed class RandomTraffic(Random random, int vocabularySize, int slotCapacity, string? adapter)
{
    private readonly int[][] _prefixes = [.. Enumerable.Range(0, 5).Select(_ => Tokens(random, vocabularySize, random.Next(1, slotCapacity / 2)))];

    /// <returns>Those that were not cancelled, with their completions.</returns>
    public async Task<List<(GenerationRequest Request, Completion Completion)>> RunAsync(InferenceEngine engine, int count)
    {
        List<(GenerationRequest Request, Task<Completion> Task, CancellationTokenSource Source)> runs = [];
        for (var i = 0; i < count; i++)
        {
            var request = Next((ulong)i);
            var source = new CancellationTokenSource();
            runs.Add((request, engine.GenerateAsync(request, source.Token), source));
            if (random.Next(6) == 0)
                await runs[random.Next(Math.Max(0, i - 20), i + 1)].Source.CancelAsync();
            if (random.Next(8) == 0)
                await Task.Delay(random.Next(3));
        }

        List<(GenerationRequest Request, Completion Completion)> completed = [];
        foreach (var (request, task, source) in runs)
        {
            try
            {
                completed.Add((request, await task));
            }
            catch (OperationCanceledException) when (source.IsCancellationRequested)
            {
                // As asked for.
            }
        }

        return completed;
    }

    private static int[] Tokens(Random random, int vocabularySize, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(1, vocabularySize))];

    private GenerationRequest Next(ulong seed)
    {
        var prefix = _prefixes[random.Next(_prefixes.Length)];
        return new GenerationRequest
        {
            PromptTokenIds = [.. prefix, .. Tokens(random, vocabularySize, random.Next(0, slotCapacity / 3))],
            CachedPrefixTokenCount = random.Next(2) * prefix.Length,
            MaxCompletionTokens = random.Next(1, 30),
            Sampling = random.Next(2) == 0 ? SamplingOptions.Greedy : new(0.8, random.Next(2) == 0 ? 1 : 0.7, seed),
            Adapter = random.Next(2) == 0 ? adapter : null,
            Grammar = random.Next(3) == 0 ? FakeGrammar.Text(4 * random.Next(0, 8)) : null,
        };
    }
}
