namespace TaskServices.Inference.Decoding.Matching;

/// <summary>Where a matcher stands between two tokens; one object for equal places, shared by all matchers of a grammar.</summary>
internal sealed class MatcherState(Configuration[] configurations, bool canEnd, int distance, int hash)
{
    /// <summary>The mask without a budget, once it has been asked for.</summary>
    public CachedMask? Mask;

    /// <summary>The bytes that must come next, once they have been asked for.</summary>
    public byte[]? ForcedBytes;

    public Configuration[] Configurations { get; } = configurations;

    public bool CanEnd { get; } = canEnd;

    /// <summary>Gets a bound on the tokens that complete the sentence; see <see cref="TokenDistances"/>.</summary>
    public int Distance { get; } = distance;

    public int Hash { get; } = hash;

    /// <summary>Gets the next state with the same hash.</summary>
    public MatcherState? Next { get; init; }
}

/// <param name="Words">One bit a token; not to be changed.</param>
/// <param name="MaxDistance">The largest distance after one of its tokens: a larger budget restricts nothing.</param>
internal sealed record CachedMask(ulong[] Words, int MaxDistance);
