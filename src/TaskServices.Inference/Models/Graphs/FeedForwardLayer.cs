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
        return weights.Has(prefix + "ffn_gate_inp.weight") ? Experts(x, prefix) : Network(x, prefix, string.Empty);
    }

    /// <summary>
    /// Mixture of experts (arXiv 2401.04088): each token goes through the experts with the largest router logits, weighted by their softmax.
    /// </summary>
    /// <remarks>
    /// Routed, not dense: every expert multiplies only the rows that chose it, none for most experts in a decode step. Choices are numbered
    /// token by token; the experts' outputs, one expert after the other, are gathered back into that order.
    /// </remarks>
    private Value Experts(Value x, string prefix)
    {
        var (count, used) = (config.ExpertCount, config.ExpertsPerToken);
        if (count < 1 || used < 1 || used > count)
        {
            throw new InferenceException("MODEL_FILE_INVALID", $"The model has a router, but its configuration says {used} of {count} experts; the configuration is damaged.");
        }

        var rows = graph.Add("Reshape", [x, graph.Int64s(-1, config.HiddenSize)]);
        var router = blocks.MultiplyFp32(rows, prefix + "ffn_gate_inp", count, config.HiddenSize);
        var best = graph.AddMany("TopK", [router, graph.Int64s(used)], 2, ("axis", -1));
        var weight = graph.Add("Reshape", [graph.Add("Softmax", [best[0]], ("axis", -1)), graph.Int64s(-1, used, 1)]);
        var chosen = graph.Add("Reshape", [best[1], graph.Int64s(-1)]);
        var (choices, outputs) = (new Value[count], new Value[count]);
        for (var expert = 0; expert < count; expert++)
        {
            var mine = graph.Add("Equal", [chosen, graph.Int64s(expert)]);
            choices[expert] = graph.Add("Reshape", [graph.Add("NonZero", [mine]), graph.Int64s(-1)]);
            var tokens = graph.Add("Div", [choices[expert], graph.Int64s(used)]);
            outputs[expert] = Network(graph.Add("Gather", [rows, tokens]), prefix, $".{expert}");
        }

        var order = graph.Add("Concat", choices, ("axis", 0));
        var places = graph.Add("Range", [graph.Int64(0), graph.Add("Size", [order]), graph.Int64(1)]);
        var inverse = graph.Add("ScatterElements", [order, order, places], ("axis", 0));
        var sorted = graph.Add("Reshape", [graph.Add("Gather", [graph.Add("Concat", outputs, ("axis", 0)), inverse]), graph.Int64s(-1, used, config.HiddenSize)]);
        var sum = graph.Add("ReduceSum", [graph.Add("Mul", [sorted, weight]), graph.Int64s(1)], ("keepdims", 0));
        return graph.Add("Reshape", [sum, graph.Add("Shape", [x])]);
    }

    /// <param name="expert">Suffix of an expert's matrices, or nothing.</param>
    private Value Network(Value x, string prefix, string expert)
    {
        var (up, down) = (prefix + "ffn_up" + expert, prefix + "ffn_down" + expert);
        var width = checked((int)(weights.Find(down + ".weight")?.Columns
            ?? throw new InferenceException("MODEL_FILE_INVALID", $"There is no feed-forward matrix {down}; the model is damaged or of an unknown kind.")));
        var inner = config.Architecture.Gated ? Gated(x, prefix, expert, width) : Activate(blocks.Multiply(x, up, config.HiddenSize, new BlockWeights.Part(up, width)));
        return blocks.Multiply(inner, down, width, new BlockWeights.Part(down, config.HiddenSize));
    }

    private Value Gated(Value x, string prefix, string expert, int width)
    {
        var fused = prefix + "ffn_gate_up" + expert;
        BlockWeights.Part[] parts = weights.Has(fused + ".weight")
            ? [new(fused, 2 * width)]
            : [new(prefix + "ffn_gate" + expert, width), new(prefix + "ffn_up" + expert, width)];
        var halves = graph.AddMany("Split", [blocks.Multiply(x, fused, config.HiddenSize, parts), graph.Int64s(width, width)], 2, ("axis", -1));
        return graph.Add("Mul", [Activate(halves[0]), halves[1]]);
    }

    private Value Activate(Value x) => config.Architecture.Activation switch
    {
        Activation.Silu => graph.AddMicrosoft("QuickGelu", [x], ("alpha", 1f)),
        _ => graph.Add("Gelu", [x], ("approximate", "tanh")),
    };
}
