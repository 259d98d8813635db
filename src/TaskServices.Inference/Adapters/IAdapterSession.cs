using TaskServices.Inference.Models;

namespace TaskServices.Inference.Adapters;

/// <summary>A model session that adds LoRA updates at run time, other ones for each row of a batch.</summary>
/// <remarks><see cref="LoadAdapter"/> and <see cref="FreeAdapter"/> may be called while another thread runs the model.</remarks>
public interface IAdapterSession : IModelSession
{
    /// <summary>Reads an adapter into memory beside the base weights.</summary>
    /// <returns>A handle for this session, valid until <see cref="FreeAdapter"/>.</returns>
    /// <exception cref="InferenceException">
    /// <c>ADAPTER_BASE_MISMATCH</c>, <c>ADAPTER_LIMIT</c> (no memory left), <c>ADAPTER_UNSUPPORTED</c> (an import without adapter inputs) or a
    /// damaged file.
    /// </exception>
    AdapterHandle LoadAdapter(LoraAdapter adapter);

    /// <summary>Gives an adapter's memory back. No run uses it any more.</summary>
    void FreeAdapter(AdapterHandle handle);

    /// <summary>As <see cref="IModelSession.Extend"/>, with an adapter.</summary>
    void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, AdapterHandle? adapter, Span<float> logits);

    /// <summary>As <see cref="IModelSession.Decode"/>, with an adapter for each row; null is the base model.</summary>
    void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, ReadOnlySpan<AdapterHandle?> adapters, Span<float> logits);
}

/// <summary>Where a session keeps an adapter.</summary>
/// <param name="Offset">First of its rows in the stacks.</param>
/// <param name="Rank">Rows that it takes: the largest rank of its updates, rounded up.</param>
/// <param name="Bytes">Memory that it takes.</param>
public sealed record AdapterHandle(int Offset, int Rank, long Bytes);
