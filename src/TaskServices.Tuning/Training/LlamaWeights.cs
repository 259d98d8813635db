using TaskServices.Inference;
using TaskServices.Inference.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskServices.Tuning.Training;

/// <summary>The frozen base weights of a <c>llama</c> GGUF, dequantised, in one precision.</summary>
/// <remarks>Norm weights stay fp32. Query and key rows are brought from GGUF's interleaved rotary pairs to halves.</remarks>
internal sealed class LlamaWeights : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = [];

    private LlamaWeights(LlamaShape shape, ScalarType precision) => (Shape, Precision) = (shape, precision);

    public LlamaShape Shape { get; }

    public ScalarType Precision { get; }

    /// <summary>Gets a tensor by its GGUF name, for example <c>blk.0.attn_q.weight</c>, shape [out, in].</summary>
    public Tensor this[string name] => _tensors[name];

    /// <exception cref="InferenceException">The file is not a llama GGUF, or a tensor is missing.</exception>
    public static LlamaWeights Load(string ggufPath, ScalarType precision)
    {
        using var file = GgufFile.Open(ggufPath);
        var shape = LlamaShape.Read(file);
        var weights = new LlamaWeights(shape, precision);
        foreach (var info in file.Tensors.Values)
        {
            weights._tensors[info.Name] = Read(file, info, shape, precision);
        }

        return weights;
    }

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
        {
            tensor.Dispose();
        }
    }

    private static Tensor Read(GgufFile file, TensorInfo info, LlamaShape shape, ScalarType precision)
    {
        var values = new float[info.Rows * info.Columns];
        file.ReadRows(info.Name, 0, values);
        using var scope = NewDisposeScope();
        var tensor = torch.tensor(values, [.. info.Shape]);
        if (info.Name.EndsWith("attn_q.weight", StringComparison.Ordinal))
        {
            tensor = ToHalves(tensor, shape.Heads);
        }
        else if (info.Name.EndsWith("attn_k.weight", StringComparison.Ordinal))
        {
            tensor = ToHalves(tensor, shape.KeyValueHeads);
        }

        return (info.Shape.Count == 1 ? tensor : tensor.to(precision)).contiguous().MoveToOuterDisposeScope();
    }

    private static Tensor ToHalves(Tensor interleaved, int heads)
    {
        var columns = interleaved.shape[1];
        var half = interleaved.shape[0] / heads / 2;
        return interleaved.reshape(heads, half, 2, columns).transpose(1, 2).reshape(heads * half * 2, columns);
    }
}

/// <summary>Sizes of a llama model.</summary>
internal sealed record LlamaShape(
    int Layers, int Width, int FeedForward, int Heads, int KeyValueHeads, int Vocabulary, double RmsEpsilon, double RopeBase)
{
    public int HeadSize => Width / Heads;

    public static LlamaShape Read(GgufFile file)
    {
        if (file.Architecture != "llama")
        {
            throw new InferenceException("ARCHITECTURE_UNSUPPORTED", $"{file.Path} is a {file.Architecture} model; tuning supports llama.");
        }

        return new(
            (int)Number(file, "llama.block_count"),
            (int)Number(file, "llama.embedding_length"),
            (int)Number(file, "llama.feed_forward_length"),
            (int)Number(file, "llama.attention.head_count"),
            (int)Number(file, "llama.attention.head_count_kv"),
            (int)file.Tensors["token_embd.weight"].Rows,
            Number(file, "llama.attention.layer_norm_rms_epsilon"),
            Number(file, "llama.rope.freq_base"));
    }

    private static double Number(GgufFile file, string key) =>
        file.Metadata.TryGetValue(key, out var value)
            ? Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)
            : throw new InferenceException("METADATA_MISSING", $"{file.Path} has no metadata key {key}.");
}
