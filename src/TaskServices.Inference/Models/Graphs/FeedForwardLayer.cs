using TaskServices.Inference.Models.Architectures;
using TaskServices.Inference.Models.Onnx;
using TaskServices.Inference.Models.Weights;

namespace TaskServices.Inference.Models.Graphs;

/// <summary>The feed-forward half of a block: gated (arXiv 2002.05202) or plain.</summary>
internal sealed class FeedForwardLayer(OnnxGraph graph, ModelConfig config, WeightMap weights, BlockWeights blocks)
{
    public Value Add(int layer, Value x)
    {
        var prefix = $"blk.{layer}.";
        var width = checked((int)(weights.Find(prefix + "ffn_down.weight")?.Columns
            ?? throw new InferenceException("MODEL_FILE_INVALID", $"Layer {layer} has no feed-forward matrix; the model is damaged or of an unknown kind.")));
        var inner = config.Architecture.Gated ? Gated(x, prefix, width) : Activate(blocks.Multiply(x, prefix + "ffn_up", config.HiddenSize, new BlockWeights.Part(prefix + "ffn_up", width)));
        return blocks.Multiply(inner, prefix + "ffn_down", width, new BlockWeights.Part(prefix + "ffn_down", config.HiddenSize));
    }

    private Value Gated(Value x, string prefix, int width)
    {
        BlockWeights.Part[] parts = weights.Has(prefix + "ffn_gate_up.weight")
            ? [new(prefix + "ffn_gate_up", 2 * width)]
            : [new(prefix + "ffn_gate", width), new(prefix + "ffn_up", width)];
        var halves = graph.AddMany("Split", [blocks.Multiply(x, prefix + "ffn_gate_up", config.HiddenSize, parts), graph.Int64s(width, width)], 2, ("axis", -1));
        return graph.Add("Mul", [Activate(halves[0]), halves[1]]);
    }

    private Value Activate(Value x) => config.Architecture.Activation switch
    {
        Activation.Silu => graph.AddMicrosoft("QuickGelu", [x], ("alpha", 1f)),
        _ => graph.Add("Gelu", [x], ("approximate", "tanh")),
    };
}
