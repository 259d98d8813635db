using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>Requests with shared prefixes, sampling and grammars that arrive and are cancelled at random.</summary>
internal sealed class RandomTraffic(Random random, int vocabularySize, int slotCapacity)
{
    private readonly int[][] _prefixes = [.. Enumerable.Range(0, 5).Select(_ => Tokens(random, vocabularySize, random.Next(1, slotCapacity / 2)))];

    /// <summary>Runs requests on an engine of their own.</summary>
    /// <returns>Those that were not cancelled, with their completions.</returns>
    public async Task<List<(RandomRequest Draw, Completion Completion)>> RunAsync(IModelSession session, InferenceOptions options, int count)
    {
        await using var engine = new InferenceEngine(session, new FakeTokenizer(vocabularySize), options);
        List<(RandomRequest Draw, Task<Completion> Task, CancellationTokenSource Source)> runs = [];
        for (var i = 0; i < count; i++)
        {
            var draw = Next((ulong)i);
            var source = new CancellationTokenSource();
            runs.Add((draw, engine.GenerateAsync(draw.ToRequest(), source.Token), source));
            if (random.Next(6) == 0)
                await runs[random.Next(Math.Max(0, i - 20), i + 1)].Source.CancelAsync();
            if (random.Next(8) == 0)
                await Task.Delay(random.Next(3));
        }

        List<(RandomRequest Draw, Completion Completion)> completed = [];
        foreach (var (draw, task, source) in runs)
        {
            try
            {
                completed.Add((draw, await task));
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

    private RandomRequest Next(ulong seed)
    {
        var prefix = _prefixes[random.Next(_prefixes.Length)];
        return new RandomRequest(
            [.. prefix, .. Tokens(random, vocabularySize, random.Next(0, slotCapacity / 3))],
            random.Next(2) * prefix.Length,
            random.Next(1, 30),
            random.Next(2) == 0 ? SamplingOptions.Greedy : new(0.8, random.Next(2) == 0 ? 1 : 0.7, seed),
            random.Next(3) == 0 ? 4 * random.Next(0, 8) : null);
    }
}

/// <summary>What makes a request, which a matcher's state would not let run twice.</summary>
internal sealed record RandomRequest(int[] Prompt, int KeptPrefix, int MaxTokens, SamplingOptions Sampling, int? GrammarLength)
{
    public GenerationRequest ToRequest() => new()
    {
        PromptTokenIds = Prompt,
        CachedPrefixTokenCount = KeptPrefix,
        MaxCompletionTokens = MaxTokens,
        Sampling = Sampling,
        Grammar = GrammarLength is { } length ? new FakeGrammar(length) : null,
    };
}
