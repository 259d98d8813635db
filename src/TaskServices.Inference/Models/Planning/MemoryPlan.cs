namespace TaskServices.Inference.Models.Planning;

/// <summary>Memory that a model takes at a precision, on the CPU or on a CUDA device.</summary>
/// <remarks>
/// The CPU's factors follow from how ONNX Runtime holds weights (packed copies of what is multiplied, the embedding's table besides) and are
/// checked against a real process by <see cref="MemoryCheck"/>. The device's follow from the graph and were not measured: no device was at hand.
/// </remarks>
/// <param name="Shape">The model.</param>
/// <param name="Bits">Bits of a weight: 4, 8, 16 or 32.</param>
/// <param name="IsDevice">Whether a CUDA device runs it; that has no 32 bits.</param>
/// <param name="Context">Tokens of a sequence.</param>
public sealed record MemoryPlan(ModelShape Shape, int Bits, bool IsDevice, int Context)
{
    /// <summary>Tokens of one prefill run, as in <see cref="ModelSessionOptions.ChunkTokens"/>.</summary>
    private const int ChunkTokens = 512;

    private const int BlockSize = 32;

    /// <summary>Gets what a process takes before it loads a model: .NET and ONNX Runtime; on a device the CUDA context with its libraries' workspaces.</summary>
    public long RuntimeBytes => IsDevice ? 700L << 20 : 70L << 20;

    /// <summary>Gets the bytes of all weights. At 4 bits the output matrix and the embedding have 8, and rows are one number in 32 longer.</summary>
    public long WeightBytes
    {
        get
        {
            var layers = (Shape.MatrixParameters - Shape.EmbeddingParameters) * MatrixBytes(Bits) * (Bits == 4 ? 33.0 / 32 : 1);
            var fewestBits = Math.Max(Bits, 8);
            return (long)(layers + (Shape.EmbeddingParameters * (MatrixBytes(fewestBits) + TableBytes(fewestBits))));
        }
    }

    /// <summary>Gets the bytes of one sequence of <see cref="Context"/> tokens.</summary>
    public long SequenceBytes => Context * KvBytesPerToken;

    public long KvBytesPerToken => Shape.KvHeads.Sum(heads => 2L * heads * Shape.HeadSize * (IsDevice ? 2 : 4));

    /// <summary>Gets the activations of one prefill run: feed-forward, attention with its scores (a device's kernel keeps none), and the residual stream.</summary>
    public long ScratchBytes
    {
        get
        {
            var scores = IsDevice ? 0L : (long)Shape.Heads * Context;
            var floats = (6L * Shape.FeedForwardSize) + (4L * Shape.HiddenSize) + (4L * Shape.Heads * Shape.HeadSize) + scores;
            return Math.Min(ChunkTokens, Context) * floats * (IsDevice ? 2 : 4);
        }
    }

    /// <summary>Gets the memory of a process that holds so many sequences.</summary>
    public long TotalBytes(int sequences) => RuntimeBytes + WeightBytes + ScratchBytes + (sequences * (SequenceBytes + LogitBytes));

    /// <summary>Gets how many sequences fit; 0 where not even one does.</summary>
    /// <param name="memoryBytes">What the process may take.</param>
    public int Sequences(long memoryBytes)
    {
        var rest = memoryBytes - TotalBytes(0);
        return rest < 0 ? 0 : (int)Math.Min(int.MaxValue, rest / (SequenceBytes + LogitBytes));
    }

    private long LogitBytes => Shape.VocabularySize * 4L;

    /// <summary>
    /// Bytes of a number that is multiplied by. Quantised: its bits, and for each block of 32 a scale and a zero point, on the CPU instead of that
    /// the block's sum, which the packed form holds. On the CPU 16 bits are cast to 32 when the model is loaded.
    /// </summary>
    private double MatrixBytes(int bits) => (bits, IsDevice) switch
    {
        (32, _) or (16, false) => 4,
        (16, true) => 2,
        (_, true) => (bits / 8.0) + ((2 + (bits / 8.0)) / BlockSize),
        _ => (bits / 8.0) + (8.0 / BlockSize),
    };

    /// <summary>Bytes of a number of the embedding's table beside the packed copy; on a device 16 bits share one tensor where it is tied.</summary>
    private double TableBytes(int bits) => (bits, IsDevice) switch
    {
        (16 or 32, true) => Shape.IsTied ? 0 : 2,
        (16 or 32, false) => bits / 8,
        _ => (bits / 8.0) + (((IsDevice ? 2 : 4) + (bits / 8.0)) / BlockSize),
    };
}
