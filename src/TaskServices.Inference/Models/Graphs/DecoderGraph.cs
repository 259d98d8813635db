using TaskServices.Inference.Models.Architectures;
using TaskServices.Inference.Models.Onnx;
using TaskServices.Inference.Models.Weights;
using TaskServices.Inference.Onnx;
using DataType = TaskServices.Inference.Onnx.TensorProto.Types.DataType;

namespace TaskServices.Inference.Models.Graphs;

/// <summary>Writes the graph of a decoder-only model with its key-value slots as in-place inputs and outputs.</summary>
/// <remarks>
/// Inputs: <c>input_ids</c> int64 [batch, sequence]; <c>seqlens_k</c> int32 [batch], the tokens each row sees minus one;
/// <c>total_sequence_length</c> int32 [1], the largest of them plus one; <c>logits_positions</c> int64 [n], rows of the flattened
/// [batch * sequence] that get logits; <c>past_key.i</c> and <c>past_value.i</c> fp32 [batch, heads, capacity, head].
/// Outputs: <c>logits</c> fp32 [n, vocabulary]; <c>present_key.i</c>, <c>present_value.i</c>, bound to the inputs' own memory.
/// </remarks>
internal sealed class DecoderGraph
{
    /// <summary>At four bits these two cost most of the accuracy (measured: 10 % of the perplexity of a 135M model) and save least time.</summary>
    private const int FewestTableBits = 8;

    private readonly ModelConfig _config;

    private readonly WeightMap _weights;

    private readonly OnnxGraph _graph = new();

    private readonly MatrixWriter _matrices;

    private readonly BlockWeights _blocks;

    private readonly AttentionLayer _attention;

    private readonly FeedForwardLayer _feedForward;

    private readonly NormLayer _norms;

    private DecoderGraph(ModelConfig config, WeightMap weights, int bits, ExternalWeights file)
    {
        _config = config;
        _weights = weights;
        _matrices = new MatrixWriter(_graph, file);
        _blocks = new BlockWeights(weights, _matrices, bits);
        _norms = new NormLayer(_graph, config, weights);
        _attention = new AttentionLayer(_graph, file, config, weights, _blocks, _norms);
        _feedForward = new FeedForwardLayer(_graph, config, weights, _blocks);
    }

    /// <summary>Builds the graph while streaming the weights into <paramref name="file"/>.</summary>
    /// <returns>The model, and for families with other rotary tables beyond a length the model for longer sequences.</returns>
    /// <param name="bits">Bits of a weight: 32, 16, 8 or 4; the embedding and the output matrix never have fewer than 8.</param>
    /// <param name="vocabularySize">Receives the number of logits.</param>
    public static (ModelProto Model, ModelProto? LongModel) Build(ModelConfig config, WeightMap weights, int bits, ExternalWeights file, out int vocabularySize) =>
        new DecoderGraph(config, weights, bits, file).Build(bits, out vocabularySize);

    private (ModelProto Model, ModelProto? LongModel) Build(int bits, out int vocabularySize)
    {
        var embedding = _weights.Find("token_embd.weight")
            ?? throw new InferenceException("MODEL_FILE_INVALID", "The model has no token embedding; it is not a decoder or its tensors have unknown names.");
        vocabularySize = checked((int)embedding.Rows);
        var ids = _graph.Input("input_ids", DataType.Int64, "batch", "sequence");
        var positions = _graph.Input("logits_positions", DataType.Int64, "positions");
        var table = _matrices.Write("token_embd", _weights.Matrix("token_embd.weight", vocabularySize, _config.HiddenSize), Math.Max(bits, FewestTableBits));
        var x = _matrices.Gather(ids, table);
        if (_config.Architecture.ScaledEmbedding)
        {
            x = _graph.Add("Mul", [x, _graph.Scalar(MathF.Sqrt(_config.HiddenSize))]);
        }

        var pending = Value.None;
        for (var layer = 0; layer < _config.Layers.Count; layer++)
        {
            (x, pending) = AddLayer(layer, x, pending);
        }

        var (_, last) = _norms.AddNorm(Select(x, positions), Select(pending, positions), "output_norm");
        AddLogits(last, table, vocabularySize, bits);
        return (_graph.ToModel(_blocks.Products), _graph.ToLongModel(_blocks.Products));
    }

    /// <summary>Adds one block; the residual sum is left to the next norm, which adds and normalises in one operator.</summary>
    private (Value Residual, Value Pending) AddLayer(int layer, Value x, Value pending)
    {
        var prefix = $"blk.{layer}.";
        (x, var normed) = _norms.AddNorm(x, pending, prefix + "attn_norm");
        var attended = _attention.Add(layer, normed);
        if (_config.Architecture.ParallelBlock)
        {
            return (x, _graph.Add("Add", [attended, _feedForward.Add(layer, normed)]));
        }

        attended = _norms.NormIfPresent(attended, prefix + "post_attention_norm", _config.HiddenSize);
        (x, normed) = _norms.AddNorm(x, attended, prefix + "ffn_norm");
        return (x, _norms.NormIfPresent(_feedForward.Add(layer, normed), prefix + "post_ffw_norm", _config.HiddenSize));
    }

    /// <summary>Keeps only the rows that get logits.</summary>
    private Value Select(Value hidden, Value positions) =>
        _graph.Add("Gather", [_graph.Add("Reshape", [hidden, _graph.Int64s(-1, _config.HiddenSize)]), positions]);

    private void AddLogits(Value hidden, MatrixWriter.Matrix table, int vocabularySize, int bits)
    {
        var head = _weights.Has("output.weight")
            ? _matrices.Write("output", _weights.Matrix("output.weight", vocabularySize, _config.HiddenSize), Math.Max(bits, FewestTableBits))
            : table;
        var logits = _matrices.Multiply(hidden, head, _blocks.Bias("output", vocabularySize));
        if (_config.LogitSoftcap > 0)
        {
            var cap = _graph.Scalar(_config.LogitSoftcap);
            logits = _graph.Add("Mul", [_graph.Add("Tanh", [_graph.Add("Div", [logits, cap])]), cap]);
        }

        _graph.Rename(logits, "logits");
        _graph.Output(new Value("logits"), DataType.Float, "positions", vocabularySize);
    }
}
