namespace TaskServices.Inference.Models.Architectures;

/// <summary>Activation of the feed-forward layer.</summary>
internal enum Activation
{
    Silu,

    /// <summary>GELU in its tanh approximation.</summary>
    GeluTanh,
}

/// <summary>
/// What tells one family of decoders from another and does not follow from its tensors or its configuration. Biases, fused projections,
/// query/key norms, norms after a block, experts and tied embeddings are recognised by which tensors are there.
/// </summary>
/// <param name="Name">Name as <c>config.json</c>'s <c>model_type</c> has it.</param>
/// <param name="Names">The checkpoint's module names by the names GGUF gives them; <c>{0}</c> is the layer, <c>{1}</c> the expert.</param>
internal sealed record Architecture(string Name, IReadOnlyDictionary<string, string> Names)
{
    public Activation Activation { get; init; } = Activation.Silu;

    /// <summary>Gets whether norms subtract the mean and have a bias (LayerNorm) rather than only scale (RMSNorm).</summary>
    public bool LayerNorm { get; init; }

    /// <summary>Gets whether attention and feed-forward read the same normed input and are added together.</summary>
    public bool ParallelBlock { get; init; }

    /// <summary>Gets whether the feed-forward layer multiplies a gate with its other half.</summary>
    public bool Gated { get; init; } = true;

    /// <summary>Gets whether the embedding is multiplied by the square root of the width.</summary>
    public bool ScaledEmbedding { get; init; }

    /// <summary>Gets whether checkpoints store RMSNorm weights as w with (1 + w) applied. GGUF files store 1 + w.</summary>
    public bool NormPlusOne { get; init; }

    /// <summary>Gets the names of GGUF files of this family where they differ from ours, by ours.</summary>
    public IReadOnlyDictionary<string, string> GgufNames { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets whether GGUF files interleave the rotary halves of query and key rows.</summary>
    public bool GgufInterleavesHeads { get; init; }
}
