using TaskServices.Inference.Models;

namespace TaskServices.Inference.Adapters;

/// <summary>A model session that adds LoRA updates at run time, other ones for each row of a batch.</summary>
/// <remarks><see cref="LoadAdapter"/> and <see cref="FreeAdapter"/> may be called while another thread runs the model.</remarks>
internal interface IAdapterSession : IModelSession
{
    /// <summary>Reads an adapter into memory beside the base weights.</summary>
    /// <param name="adapter">Read here; may be disposed afterwards.</param>
    /// <param name="availableBytes">The most memory to take.</param>
    /// <returns>A handle for this session, valid until <see cref="FreeAdapter"/>.</returns>
    /// <exception cref="InferenceException">
    /// <c>ADAPTER_BASE_MISMATCH</c>, <c>ADAPTER_LIMIT</c> (not enough memory), <c>ADAPTER_UNSUPPORTED</c> (opened without adapters, or on a
    /// device) or a damaged file.
    /// </exception>
    AdapterHandle LoadAdapter(LoraAdapter adapter, long availableBytes);

    /// <summary>Gives an adapter's memory back. No run uses it any more.</summary>
    void FreeAdapter(AdapterHandle handle);

    /// <summary>As <see cref="IModelSession.Extend"/>, with an adapter.</summary>
    void Extend(int slot, int pastLength, ReadOnlySpan<int> tokenIds, AdapterHandle? adapter, Span<float> logits);

    /// <summary>As <see cref="IModelSession.Decode"/>, with an adapter for each row; null is the base model.</summary>
    void Decode(ReadOnlySpan<int> tokenIds, ReadOnlySpan<int> pastLengths, ReadOnlySpan<AdapterHandle?> adapters, Span<float> logits);
}

/// <summary>Where a session keeps an adapter.</summary>
/// <param name="Number">Its number in the session, at least 1.</param>
/// <param name="Bytes">Memory that it takes.</param>
internal sealed record AdapterHandle(int Number, long Bytes);
