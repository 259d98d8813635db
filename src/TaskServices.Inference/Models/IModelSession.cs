namespace TaskServices.Inference.Models;

/// <summary>
/// One loaded model and its key-value (KV) slots: runs forward passes, nothing else. Scheduling, sampling and grammars sit above.
/// </summary>
/// <remarks>
/// Not thread safe: the engine's one thread owns it. Each of <see cref="SlotCount"/> slots holds the KV of one sequence of up to
/// <see cref="SlotCapacity"/> tokens in one slab, written in place.
/// </remarks>
public interface IModelSession : IDisposable
{
    int VocabularySize { get; }

    int SlotCount { get; }

    /// <summary>Gets the number of tokens that fit one slot.</summary>
    int SlotCapacity { get; }

    /// <summary>Gets the bytes of KV that one token takes in a slot.</summary>
    long KvBytesPerToken { get; }

    /// <summary>Feeds tokens to one sequence (prefill, chunked prefill, forced bytes, verification of a draft).</summary>
    /// <param name="slot">Slot in [0, <see cref="SlotCount"/>).</param>
    /// <param name="pastLength">Tokens already in the slot; what lies behind them is overwritten.</param>
    /// <param name="tokenIds">At least one token.</param>
    /// <param name="logits">
    /// Receives the logits of the last <c>logits.Length / VocabularySize</c> tokens, in order; may be empty when none are wanted.
    /// </param>
    /// <exception cref="ArgumentException">A length, slot or token ID is out of range; nothing was written.</exception>
    void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, Span<float> logits);

    /// <summary>One decode step: one token for each of the consecutive slots <c>[0, tokenIds.Length)</c>.</summary>
    /// <param name="tokenIds">Token of each row.</param>
    /// <param name="pastLengths">Tokens already in each row's slot.</param>
    /// <param name="logits">Receives [rows, <see cref="VocabularySize"/>].</param>
    void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, Span<float> logits);

    /// <summary>Copies the first <paramref name="length"/> tokens' KV of one slot to another.</summary>
    void CopySlot(int fromSlot, int toSlot, int length);

    /// <summary>Copies the first <paramref name="length"/> tokens' KV out of a slot, for the prefix cache.</summary>
    /// <param name="destination">Exactly <c>length * KvBytesPerToken</c> bytes.</param>
    void SaveSlot(int slot, int length, Span<byte> destination);

    /// <summary>Copies what <see cref="SaveSlot"/> gave (or the first tokens of it) back into a slot.</summary>
    /// <param name="savedLength">The length that <paramref name="source"/> was saved with.</param>
    /// <param name="length">How many of its tokens to restore, at most <paramref name="savedLength"/>.</param>
    void RestoreSlot(int slot, ReadOnlySpan<byte> source, int savedLength, int length);
}
