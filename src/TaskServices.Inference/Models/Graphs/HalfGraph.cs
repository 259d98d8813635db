using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using TaskServices.Inference.Models.Onnx;
using TaskServices.Inference.Onnx;
using DataType = TaskServices.Inference.Onnx.TensorProto.Types.DataType;

namespace TaskServices.Inference.Models.Graphs;

/// <summary>Makes the fp16 graph of a CUDA device from the fp32 graph of the CPU: one attention operator of theirs takes fp32 only, the other fp16 only.</summary>
/// <remarks>
/// Activations, key-value slots and every fp32 tensor become fp16; quantised weights are the same bytes in both graphs, and only their scales
/// are written again. Logits stay fp32, and so do inputs other than the slots: a cast stands behind each.
/// </remarks>
internal sealed class HalfGraph
{
    private readonly ModelProto _model;

    private readonly ExternalWeights _file;

    private readonly Dictionary<(string Offset, string Length), long> _written = [];

    private HalfGraph(ModelProto model, ExternalWeights file) => (_model, _file) = (model, file);

    /// <summary>Converts a model whose weights are in <paramref name="file"/>, and appends to it what is needed in fp16.</summary>
    /// <exception cref="InferenceException">A weight is beyond the range of fp16.</exception>
    public static ModelProto Convert(ModelProto model, ExternalWeights file)
    {
        var half = new HalfGraph(model.Clone(), file);
        half.ConvertInitializers();
        half.ConvertCasts();
        half.ConvertInputs();
        half.ConvertOutputs();
        return half._model;
    }

    private void ConvertInitializers()
    {
        var initializers = _model.Graph.Initializer;
        for (var i = 0; i < initializers.Count; i++)
        {
            if (initializers[i].DataType == (int)DataType.Float)
            {
                initializers[i] = initializers[i].DataLocation == TensorProto.Types.DataLocation.External ? External(initializers[i]) : Inline(initializers[i]);
            }
        }
    }

    private TensorProto External(TensorProto tensor)
    {
        var key = (Entry(tensor, "offset"), Entry(tensor, "length"));
        var (offset, length) = (long.Parse(key.Item1, CultureInfo.InvariantCulture), long.Parse(key.Item2, CultureInfo.InvariantCulture));
        if (!_written.TryGetValue(key, out var halfOffset))
        {
            _written[key] = halfOffset = _file.AppendAsHalf(tensor.Name, offset, length);
        }

        return ExternalWeights.Describe(tensor.Name, DataType.Float16, tensor.Dims, halfOffset, length / 2);
    }

    private static TensorProto Inline(TensorProto tensor)
    {
        var values = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);
        var result = tensor.Clone();
        (result.DataType, result.RawData) = ((int)DataType.Float16, ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(ExternalWeights.ToHalf(tensor.Name, values))));
        return result;
    }

    /// <summary>What was cast to the type of activations still is.</summary>
    private void ConvertCasts()
    {
        foreach (var target in _model.Graph.Node.Where(node => node.OpType == "Cast").SelectMany(node => node.Attribute).Where(attribute => attribute.I == (int)DataType.Float))
        {
            target.I = (int)DataType.Float16;
        }
    }

    private void ConvertInputs()
    {
        foreach (var input in _model.Graph.Input.Where(IsFloat).ToArray())
        {
            if (input.Name.StartsWith("past_", StringComparison.Ordinal))
            {
                input.Type.TensorType.ElemType = (int)DataType.Float16;
                continue;
            }

            var name = input.Name + ".half";
            foreach (var node in _model.Graph.Node)
            {
                Rename(node.Input, input.Name, name);
            }

            _model.Graph.Node.Insert(0, Cast(input.Name, name, DataType.Float16));
        }
    }

    private void ConvertOutputs()
    {
        foreach (var output in _model.Graph.Output.Where(IsFloat).ToArray())
        {
            if (output.Name.StartsWith("present_", StringComparison.Ordinal))
            {
                output.Type.TensorType.ElemType = (int)DataType.Float16;
                continue;
            }

            var name = output.Name + ".half";
            foreach (var node in _model.Graph.Node)
            {
                Rename(node.Output, output.Name, name);
            }

            _model.Graph.Node.Add(Cast(name, output.Name, DataType.Float));
        }
    }

    private static bool IsFloat(ValueInfoProto value) => value.Type.TensorType.ElemType == (int)DataType.Float;

    private static void Rename(RepeatedField<string> names, string from, string to)
    {
        for (var i = 0; i < names.Count; i++)
        {
            names[i] = names[i] == from ? to : names[i];
        }
    }

    private static NodeProto Cast(string from, string to, DataType type)
    {
        var node = new NodeProto { Name = "Cast_" + to, OpType = "Cast" };
        node.Input.Add(from);
        node.Output.Add(to);
        node.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (int)type });
        return node;
    }

    private static string Entry(TensorProto tensor, string key) => tensor.ExternalData.Single(entry => entry.Key == key).Value;
}
