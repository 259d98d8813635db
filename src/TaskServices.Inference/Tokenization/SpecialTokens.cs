namespace TaskServices.Inference.Tokenization;

/// <summary>The tokens that begin and end a text.</summary>
/// <param name="BosTokenId">The token that every prompt begins with, or null.</param>
/// <param name="EndTokenIds">The tokens that end a completion, ascending.</param>
/// <param name="ControlTokens">Every control token's ID by its text.</param>
internal sealed record SpecialTokens(
    int? BosTokenId, IReadOnlyList<int> EndTokenIds, IReadOnlyDictionary<string, int> ControlTokens);
