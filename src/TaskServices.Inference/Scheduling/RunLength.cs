namespace TaskServices.Inference.Scheduling;

/// <summary>Cuts the tokens that a sequence has to run into model runs, so that where the cuts fall changes no bit.</summary>
/// <remarks>
/// ONNX Runtime multiplies a single row by other instructions than several (<c>MlasSgemmKernelM1Avx</c> has no fused multiply-add), so a row
/// that attention computes alone rounds otherwise. That is a run of one token, and the last token of a run that is one longer than a
/// multiple of attention's block of queries, itself a multiple of 16 (twice the head size). All other runs agree bit by bit.
/// </remarks>
internal static class RunLength
{
    /// <summary>The fewest tokens of a run that agrees with all others.</summary>
    public const int Shortest = 2;

    /// <summary>The least limit with which every number of tokens can be cut so.</summary>
    public const int ShortestLimit = 4;

    private const int QueryBlock = 16;

    /// <param name="pending">Tokens to run. A single one cannot be helped.</param>
    /// <param name="limit">The most tokens of one run, at least <see cref="ShortestLimit"/>.</param>
    /// <returns>How many to run next.</returns>
    public static int Next(int pending, int limit)
    {
        for (var next = Math.Min(pending, limit); next >= Shortest; next--)
        {
            if (next % QueryBlock != 1 && pending - next != 1)
                return next;
        }

        return 1;
    }
}
