using TaskServices.Inference.Decoding;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>What a request must give, computed token by token without an engine.</summary>
internal static class Oracle
{
    public static (List<int> TokenIds, FinishReason Reason, List<double> LogProbabilities) Complete(
        GenerationRequest request, int slotCapacity, IGrammarMatcher? grammar = null)
    {
        List<int> history = [.. request.PromptTokenIds];
        List<int> completion = [];
        List<double> logProbabilities = [];
        var budget = Math.Min(request.MaxCompletionTokens, slotCapacity - history.Count + 1);
        while (true)
        {
            if (grammar is { MustEnd: true })
                return (completion, FinishReason.Stop, [.. logProbabilities, 0]);
            if (completion.Count == budget)
                return (completion, FinishReason.Length, logProbabilities);
            var logits = FakeModelSession.LogitsOf(history.ToArray());
            var allowed = Enumerable.Range(0, logits.Length)
                .Where(id => grammar is null || (id == 0 ? grammar.CanEnd : grammar.Allows(id, budget - completion.Count)))
                .ToArray();
            var tokenId = Choose(request.Sampling, logits, allowed, completion.Count);
            var logNormalizer = Math.Log(logits.Sum(x => Math.Exp(x)));
            logProbabilities.Add(grammar is not null && allowed.Length == 1 && tokenId != 0 ? 0 : logits[tokenId] - logNormalizer);
            if ((request.EndTokenIds ?? [0]).Contains(tokenId))
                return (completion, FinishReason.Stop, logProbabilities);
            grammar?.Accept(tokenId);
            completion.Add(tokenId);
            history.Add(tokenId);
        }
    }

    private static int Choose(SamplingOptions sampling, float[] logits, int[] allowed, int step)
    {
        if (sampling.Temperature == 0)
            return allowed.MaxBy(id => logits[id]);
        var mask = new ulong[(logits.Length + 63) / 64];
        foreach (var id in allowed)
            mask[id / 64] |= 1UL << (id % 64);
        return new TokenSampler(logits.Length).Sample(logits, mask, sampling, SplitMix64.NextUniform(sampling.Seed, step));
    }
}
