namespace TaskServices.Inference.Decoding;

/// <summary>Follows one completion through a grammar, token by token.</summary>
/// <remarks>Not thread safe: one completion owns it.</remarks>
public interface IGrammarMatcher
{
    /// <summary>Gets whether the text so far is a whole sentence of the grammar, so that an end token is allowed.</summary>
    bool CanEnd { get; }

    /// <summary>Gets whether nothing but an end token is allowed.</summary>
    bool MustEnd { get; }

    /// <summary>Checks one token without a mask; the model's own favourite is tried this way first.</summary>
    /// <param name="remainingTokens">Tokens left in the budget, this one included, the end token not.</param>
    bool Allows(int tokenId, int remainingTokens);

    /// <summary>
    /// Writes the mask of allowed tokens: bit <c>id</c> of the array is set where the token is allowed. End tokens are set exactly when
    /// <see cref="CanEnd"/>. When the budget left equals the shortest completion, only tokens on a shortest completion are allowed.
    /// </summary>
    /// <param name="mask">At least <c>(vocabulary + 63) / 64</c> words; overwritten.</param>
    /// <returns>Whether a mask kept from an earlier call was copied.</returns>
    bool WriteMask(int remainingTokens, Span<ulong> mask);

    /// <summary>Counts how many first tokens of a guess are allowed one after the other, end tokens not among them. Advances nothing.</summary>
    /// <param name="remainingTokens">Tokens left in the budget, the guess's included.</param>
    int CountAllowed(ReadOnlySpan<int> tokenIds, int remainingTokens);

    /// <summary>Advances by one allowed token.</summary>
    /// <exception cref="InvalidOperationException">The token is not allowed here.</exception>
    void Accept(int tokenId);

    /// <summary>
    /// Gets tokens that are certain to come next because the grammar allows only one continuation of bytes, in the tokenizer's own
    /// (canonical) segmentation; empty where the model has a choice. They still have to be passed to <see cref="Accept"/>.
    /// </summary>
    IReadOnlyList<int> GetForcedTokens();
}
