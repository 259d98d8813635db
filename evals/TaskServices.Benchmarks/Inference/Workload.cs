namespace TaskServices.Benchmarks.Inference;

/// <summary>Token IDs to run: random ones, since the time of a step does not depend on which they are.</summary>
internal sealed class Workload(int vocabularySize, int seed)
{
    public const int PrefillTokens = 512;

    public const int PromptTokens = 256;

    public const int DecodedTokens = 128;

    public const int Requests = 8;

    public const int QuestionTokens = 16;

    public const int CompletionTokens = 64;

    /// <summary>Room for the longest of them.</summary>
    public const int ContextTokens = 1024;

    /// <summary>Gives the tokens of one step of one round: the same for every contender, others in every other step.</summary>
    public int[] Tokens(int step, int round, int count)
    {
        var random = new Random(HashCode(seed, step, round));

        // The first and last IDs of a vocabulary are often special.
        var (low, high) = (vocabularySize / 50, vocabularySize - (vocabularySize / 50));
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(low, high))];
    }

    private static int HashCode(int seed, int step, int round) => unchecked((((seed * 31) + step) * 1_000_003) + round);
}
