namespace TaskServices.Inference.Models.Planning;

/// <summary>The sizes of a model that its memory follows from.</summary>
public sealed record ModelShape
{
    /// <summary>Gets the model's name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the numbers in matrices that activations are multiplied by, the output projection included.</summary>
    public required long MatrixParameters { get; init; }

    /// <summary>Gets the numbers in the token embedding.</summary>
    public required long EmbeddingParameters { get; init; }

    /// <summary>Gets whether the output projection is the token embedding.</summary>
    public required bool IsTied { get; init; }

    /// <summary>Gets each layer's number of key-value heads.</summary>
    public required IReadOnlyList<int> KvHeads { get; init; }

    /// <summary>Gets the largest number of query heads of a layer.</summary>
    public required int Heads { get; init; }

    public required int HeadSize { get; init; }

    public required int HiddenSize { get; init; }

    /// <summary>Gets the largest width of a feed-forward layer.</summary>
    public required int FeedForwardSize { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>Gets the longest sequence in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Gets the model's parameters, a tied embedding counted once. Norms and biases, below one in a thousand, are left out.</summary>
    public long Parameters => MatrixParameters + (IsTied ? 0 : EmbeddingParameters);

    /// <summary>Makes the shape of a decoder from the numbers of its configuration.</summary>
    /// <param name="layers">Query heads, key-value heads and feed-forward width of each layer.</param>
    /// <param name="feedForwardMatrices">3 where a gate multiplies the other half, else 2.</param>
    /// <param name="experts">Feed-forward networks in a layer.</param>
    internal static ModelShape Of(
        string name, IReadOnlyList<(int Heads, int KvHeads, int FeedForward)> layers, int hidden, int headSize, int vocabulary, bool isTied, int context,
        int feedForwardMatrices = 3, int experts = 1)
    {
        var layerParameters = layers.Sum(layer =>
            ((2L * layer.Heads) + (2L * layer.KvHeads)) * headSize * hidden
            + ((long)feedForwardMatrices * layer.FeedForward * hidden * experts)
            + (experts > 1 ? (long)experts * hidden : 0));
        var table = (long)vocabulary * hidden;
        return new ModelShape
        {
            Name = name,
            MatrixParameters = layerParameters + table,
            EmbeddingParameters = table,
            IsTied = isTied,
            KvHeads = [.. layers.Select(layer => layer.KvHeads)],
            Heads = layers.Max(layer => layer.Heads),
            HeadSize = headSize,
            HiddenSize = hidden,
            FeedForwardSize = layers.Max(layer => layer.FeedForward),
            VocabularySize = vocabulary,
            ContextLength = context,
        };
    }
}
