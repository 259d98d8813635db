using TaskServices.Inference.Models.Architectures;
using TaskServices.Inference.Models.Onnx;
using TaskServices.Inference.Models.Weights;

namespace TaskServices.Inference.Models.Graphs;

/// <summary>RMSNorm (arXiv 1910.07467) and LayerNorm, with the residual sum in the same operator.</summary>
internal sealed class NormLayer(OnnxGraph graph, ModelConfig config, WeightMap weights)
{
    /// <summary>Adds <paramref name="pending"/> to the residual stream and norms the sum.</summary>
    public (Value Sum, Value Normed) AddNorm(Value x, Value pending, string name)
    {
        if (pending == Value.None)
        {
            return (x, Norm(x, name, config.HiddenSize));
        }

        var epsilon = ("epsilon", (object)config.NormEpsilon);
        var operation = config.Architecture.LayerNorm ? "SkipLayerNormalization" : "SkipSimplifiedLayerNormalization";
        var outputs = graph.AddMicrosoft(operation, [x, pending, .. Parameters(name, config.HiddenSize)], ["*", "", "", name + ".sum"], epsilon);
        return (outputs[3], outputs[0]);
    }

    /// <summary>Norms over the last dimension.</summary>
    public Value Norm(Value x, string name, int width) =>
        graph.Add(
            config.Architecture.LayerNorm ? "LayerNormalization" : "SimplifiedLayerNormalization",
            [x, .. Parameters(name, width)],
            ("axis", -1),
            ("epsilon", config.NormEpsilon),
            ("stash_type", 1));

    public Value NormIfPresent(Value x, string name, int width) => weights.Has(name + ".weight") ? Norm(x, name, width) : x;

    private Value[] Parameters(string name, int width)
    {
        var weight = graph.Floats(name, weights.Vector(name + ".weight", width), width);
        return config.Architecture.LayerNorm
            ? [weight, graph.Floats(name + ".bias", weights.Vector(name + ".bias", width), width)]
            : [weight];
    }
}
