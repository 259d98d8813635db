using System.Runtime.InteropServices;
using TaskServices.Inference.Models.Architectures;
using TaskServices.Inference.Models.Onnx;
using TaskServices.Inference.Models.Weights;
using TaskServices.Inference.Onnx;
using DataType = TaskServices.Inference.Onnx.TensorProto.Types.DataType;

namespace TaskServices.Inference.Models.Graphs;

/// <summary>Grouped-query attention (arXiv 2305.13245) with rotary embedding and an in-place key-value slot, all in one operator.</summary>
internal sealed class AttentionLayer
{
    private readonly OnnxGraph _graph;

    private readonly ExternalWeights _file;

    private readonly ModelConfig _config;

    private readonly WeightMap _weights;

    private readonly BlockWeights _blocks;

    private readonly NormLayer _norms;

    private readonly Value _lengths;

    private readonly Value _total;

    private readonly Dictionary<RopeConfig, (Value Cosines, Value Sines)> _tables = [];

    public AttentionLayer(OnnxGraph graph, ExternalWeights file, ModelConfig config, WeightMap weights, BlockWeights blocks, NormLayer norms)
    {
        (_graph, _file, _config, _weights, _blocks, _norms) = (graph, file, config, weights, blocks, norms);
        _lengths = graph.Input("seqlens_k", DataType.Int32, "batch");
        _total = graph.Input("total_sequence_length", DataType.Int32, 1);
    }

    public Value Add(int layer, Value x)
    {
        var settings = _config.Layers[layer];
        var prefix = $"blk.{layer}.";
        var head = _config.HeadSize;
        var projected = _blocks.Multiply(x, prefix + "attn_qkv", _config.HiddenSize, Projections(prefix, settings));
        Value[] queryKeyValue = [projected, Value.None, Value.None];
        if (_weights.Has(prefix + "attn_q_norm.weight"))
        {
            queryKeyValue = Normed(projected, prefix, settings);
        }

        var (cosines, sines) = Table(settings.Rope);
        object[] slot = ["batch", settings.KvHeads, "capacity", head];
        var pastKey = _graph.Input($"past_key.{layer}", DataType.Float, slot);
        var pastValue = _graph.Input($"past_value.{layer}", DataType.Float, slot);
        var outputs = _graph.AddMicrosoft(
            "GroupQueryAttention",
            [.. queryKeyValue, pastKey, pastValue, _lengths, _total, cosines, sines],
            ["*", $"present_key.{layer}", $"present_value.{layer}"],
            ("num_heads", settings.Heads),
            ("kv_num_heads", settings.KvHeads),
            ("scale", _config.AttentionScale),
            ("softcap", _config.AttentionSoftcap),
            ("local_window_size", settings.Window > 0 ? settings.Window : -1),
            ("do_rotary", 1));
        _graph.Output(outputs[1], DataType.Float, slot);
        _graph.Output(outputs[2], DataType.Float, slot);
        return _blocks.Multiply(outputs[0], prefix + "attn_output", settings.Heads * head, new BlockWeights.Part(prefix + "attn_output", _config.HiddenSize));
    }

    private BlockWeights.Part[] Projections(string prefix, LayerConfig settings)
    {
        var order = RotaryTable.PartialOrder(_config.HeadSize, _config.RotaryDimensions);
        var (query, keyValue) = (settings.Heads * _config.HeadSize, settings.KvHeads * _config.HeadSize);
        return _weights.Has(prefix + "attn_qkv.weight")
            ? order is null
                ? [new(prefix + "attn_qkv", query + (2 * keyValue))]
                : Fused(prefix + "attn_qkv", query, keyValue, order)
            : [new(prefix + "attn_q", query, order), new(prefix + "attn_k", keyValue, order), new(prefix + "attn_v", keyValue)];
    }

    private static BlockWeights.Part[] Fused(string name, int query, int keyValue, int[] order)
    {
        var all = query + (2 * keyValue);
        return [new(name, query, order, 0, all), new(name, keyValue, order, query, all), new(name, keyValue, null, query + keyValue, all)];
    }

    /// <summary>Splits the packed projection and norms each query and key head; the CPU operator cannot do it itself.</summary>
    private Value[] Normed(Value projected, string prefix, LayerConfig settings)
    {
        var head = _config.HeadSize;
        var parts = _graph.AddMany("Split", [projected, _graph.Int64s(settings.Heads * head, settings.KvHeads * head, settings.KvHeads * head)], 3, ("axis", -1));
        return [Heads(parts[0], prefix + "attn_q_norm", settings.Heads), Heads(parts[1], prefix + "attn_k_norm", settings.KvHeads), parts[2]];
    }

    private Value Heads(Value x, string norm, int heads)
    {
        var split = _graph.Add("Reshape", [x, _graph.Int64s(0, 0, heads, _config.HeadSize)]);
        return _graph.Add("Reshape", [_norms.Norm(split, norm, _config.HeadSize), _graph.Int64s(0, 0, heads * _config.HeadSize)]);
    }

    private (Value Cosines, Value Sines) Table(RopeConfig rope)
    {
        if (!_tables.TryGetValue(rope, out var table))
        {
            var positions = Math.Min(_config.ContextLength, Limits.WrittenContext);
            var shortPositions = Math.Min(positions, _config.ShortContextLength ?? positions);
            table = Written(rope, shortPositions, _graph.Initializer);
            if (_config.ShortContextLength is not null)
            {
                var stretched = rope with { Factors = rope.Factors?.ForLongSequences() };
                Written(stretched, positions, _graph.LongInitializer);
            }

            _tables.Add(rope, table);
        }

        return table;
    }

    private (Value Cosines, Value Sines) Written(RopeConfig rope, int positions, Func<TensorProto, Value> add)
    {
        var (cosines, sines) = RotaryTable.Compute(rope, positions, _config.HeadSize, _config.RotaryDimensions);
        return (add(External($"rope.{_tables.Count}.cos", cosines)), add(External($"rope.{_tables.Count}.sin", sines)));
    }

    private TensorProto External(string name, float[] values)
    {
        var half = _config.HeadSize / 2;
        var offset = _file.BeginTensor();
        _file.Write(MemoryMarshal.AsBytes<float>(values));
        return ExternalWeights.Describe(name, DataType.Float, [values.Length / half, half], offset, values.Length * 4L);
    }
}
