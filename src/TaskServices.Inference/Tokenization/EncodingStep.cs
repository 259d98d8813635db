namespace TaskServices.Inference.Tokenization;

/// <summary>
/// One step of a tokenizer's pipeline (added tokens, normalization, splitting, merging). Each step hands what it makes
/// to the one after it; the last one appends token IDs. Steps are immutable.
/// </summary>
internal abstract class EncodingStep
{
    /// <param name="text">The text to encode.</param>
    /// <param name="atStart">Whether <paramref name="text"/> is the beginning of the whole text.</param>
    /// <param name="tokens">Receives the token IDs.</param>
    public abstract void Encode(ReadOnlySpan<char> text, bool atStart, ref TokenBuffer tokens);
}
