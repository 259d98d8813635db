using TaskServices.Benchmarks.Contenders;

namespace TaskServices.Benchmarks.Inference;

/// <summary>Measures contenders in turns, so that what disturbs the machine disturbs all of them alike.</summary>
/// <param name="sides">Contenders with the samples taken of them; those without an adapter first.</param>
internal sealed class InferenceBenchmark(IReadOnlyList<Side> sides, Workload workload, Action<double> report)
{
    private const int WorkPerRound = 5;

    /// <summary>Runs one round unmeasured and then the rounds that count.</summary>
    public async Task RunAsync(int rounds, CancellationToken cancellationToken)
    {
        var work = (double)(rounds + 1) * WorkPerRound;
        for (var round = 0; round <= rounds; round++)
        {
            var done = round * WorkPerRound;
            foreach (var step in (Step[])[PrefillAsync, DecodeAsync, FirstTokenAsync, CachedFirstTokenAsync, ConcurrencyAsync])
            {
                await TakeTurnsAsync(step, round, cancellationToken);
                report(++done / work);
            }
        }

        foreach (var side in sides.Where(side => !side.HasAdapter))
        {
            var answer = await side.AskAsync(new WorkerCommand("memory"), cancellationToken);
            side.Add(Metric.Memory, answer.Bytes / (double)(1 << 20));
        }
    }

    private delegate Task<(Metric Metric, double Value)?> Step(Side side, int seed, CancellationToken cancellationToken);

    private async Task TakeTurnsAsync(Step step, int round, CancellationToken cancellationToken)
    {
        // Each goes first in every other round. All get the same prompts.
        var order = round % 2 == 0 ? sides : sides.Reverse();
        foreach (var side in order)
        {
            if (await step(side, round, cancellationToken) is var (metric, value) && round > 0)
            {
                side.Add(metric, value);
            }
        }
    }

    private async Task<(Metric, double)?> PrefillAsync(Side side, int round, CancellationToken cancellationToken)
    {
        var answer = await CompleteAsync(side, workload.Tokens(1, round, Workload.PrefillTokens), 1, cached: false, cancellationToken);
        return (Metric.Prefill, Workload.PrefillTokens / answer.FirstSeconds);
    }

    private async Task<(Metric, double)?> DecodeAsync(Side side, int round, CancellationToken cancellationToken)
    {
        var answer = await CompleteAsync(side, workload.Tokens(2, round, Workload.PromptTokens), Workload.DecodedTokens + 1, cached: false, cancellationToken);
        return (Metric.Decode, (answer.Produced - 1) / (answer.Seconds - answer.FirstSeconds));
    }

    private async Task<(Metric, double)?> FirstTokenAsync(Side side, int round, CancellationToken cancellationToken)
    {
        if (side.HasAdapter)
        {
            return null;
        }

        var answer = await CompleteAsync(side, workload.Tokens(3, round, Workload.PromptTokens + Workload.QuestionTokens), 1, cached: false, cancellationToken);
        return (Metric.TimeToFirstToken, 1000 * answer.FirstSeconds);
    }

    private async Task<(Metric, double)?> CachedFirstTokenAsync(Side side, int round, CancellationToken cancellationToken)
    {
        var prefix = workload.Tokens(4, round, Workload.PromptTokens);
        await side.AskAsync(new WorkerCommand("cache") { Tokens = prefix }, cancellationToken);
        var answer = await CompleteAsync(side, [.. prefix, .. workload.Tokens(5, round, Workload.QuestionTokens)], 1, cached: true, cancellationToken);
        return side.HasAdapter ? null : (Metric.TimeToFirstTokenCached, 1000 * answer.FirstSeconds);
    }

    /// <summary>Runs on the prefix that the step before left in the cache.</summary>
    private async Task<(Metric, double)?> ConcurrencyAsync(Side side, int round, CancellationToken cancellationToken)
    {
        var prefix = workload.Tokens(4, round, Workload.PromptTokens);
        var inRow = await side.AskAsync(Together("inRow", prefix, 100, round), cancellationToken);
        var atOnce = await side.AskAsync(Together("atOnce", prefix, 200, round), cancellationToken);
        return (Metric.Concurrency, inRow.Seconds / atOnce.Seconds);
    }

    private WorkerCommand Together(string command, int[] prefix, int kind, int round) => new(command)
    {
        Prompts = [.. Enumerable.Range(0, Workload.Requests).Select(i => (int[])[.. prefix, .. workload.Tokens(kind + i, round, Workload.QuestionTokens)])],
        Count = Workload.CompletionTokens,
    };

    private static Task<WorkerAnswer> CompleteAsync(Side side, int[] tokens, int count, bool cached, CancellationToken cancellationToken) =>
        side.AskAsync(new WorkerCommand("complete") { Tokens = tokens, Count = count, Cached = cached }, cancellationToken);
}
