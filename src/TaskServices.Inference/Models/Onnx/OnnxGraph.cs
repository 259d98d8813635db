using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Onnx;
using DataType = TaskServices.Inference.Onnx.TensorProto.Types.DataType;

namespace TaskServices.Inference.Models.Onnx;

/// <summary>A value that flows between nodes; <see cref="None"/> stands for an optional input that is left out.</summary>
internal readonly record struct Value(string Name)
{
    public static Value None { get; } = new(string.Empty);
}

/// <summary>Builds one ONNX graph node by node. Values are named after the node that makes them.</summary>
internal sealed class OnnxGraph
{
    private const string MicrosoftDomain = "com.microsoft";

    private readonly GraphProto _graph = new() { Name = "decoder" };

    private readonly Dictionary<string, Value> _constants = [];

    /// <summary>What initializers are in the graph for long sequences, by name; empty where there is no such graph.</summary>
    private readonly Dictionary<string, TensorProto> _longInitializers = new(StringComparer.Ordinal);

    private int _nodeCount;

    /// <summary>Adds a graph input; a dimension is a number, or a name where it varies.</summary>
    public Value Input(string name, DataType type, params object[] shape)
    {
        _graph.Input.Add(Describe(name, type, shape));
        return new Value(name);
    }

    /// <summary>Declares a value as a graph output under its own name.</summary>
    public void Output(Value value, DataType type, params object[] shape) => _graph.Output.Add(Describe(value.Name, type, shape));

    public Value Initializer(TensorProto tensor)
    {
        _graph.Initializer.Add(tensor);
        return new Value(tensor.Name);
    }

    /// <summary>Gives an initializer another value in the graph for long sequences.</summary>
    public Value LongInitializer(TensorProto tensor)
    {
        _longInitializers.Add(tensor.Name, tensor);
        return new Value(tensor.Name);
    }

    public Value Floats(string name, ReadOnlySpan<float> values, params long[] shape) =>
        Initializer(Raw(name, DataType.Float, MemoryMarshal.AsBytes(values), shape));

    public Value Bytes(string name, ReadOnlySpan<byte> values, params long[] shape) => Initializer(Raw(name, DataType.Uint8, values, shape));

    public Value Scalar(float value) => Constant("f" + value.ToString("R", CultureInfo.InvariantCulture), DataType.Float, BitConverter.GetBytes(value), []);

    public Value Int64s(params long[] values) =>
        Constant("i" + string.Join('_', values), DataType.Int64, MemoryMarshal.AsBytes<long>(values).ToArray(), [values.Length]);

    public Value Int64(long value) => Constant("s" + value.ToString(CultureInfo.InvariantCulture), DataType.Int64, BitConverter.GetBytes(value), []);

    /// <summary>Adds a node of the ONNX operator set with one output.</summary>
    public Value Add(string operation, Value[] inputs, params (string Name, object Value)[] attributes) =>
        Add(string.Empty, operation, inputs, 1, attributes)[0];

    /// <summary>Adds a node of the ONNX operator set with several outputs.</summary>
    public Value[] AddMany(string operation, Value[] inputs, int outputCount, params (string Name, object Value)[] attributes) =>
        Add(string.Empty, operation, inputs, outputCount, attributes);

    /// <summary>Adds a node of ONNX Runtime's own operator set with one output.</summary>
    public Value AddMicrosoft(string operation, Value[] inputs, params (string Name, object Value)[] attributes) =>
        Add(MicrosoftDomain, operation, inputs, 1, attributes)[0];

    /// <summary>Adds a node of ONNX Runtime's own operator set whose outputs have the given names; an empty name leaves one out.</summary>
    public Value[] AddMicrosoft(string operation, Value[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        var node = Node(MicrosoftDomain, operation, inputs, attributes);
        node.Output.AddRange(outputs.Select(output => output == "*" ? node.Name : output));
        return [.. node.Output.Select(output => new Value(output))];
    }

    /// <summary>Gives the output of the node that was added last a name of its own.</summary>
    public void Rename(Value value, string name)
    {
        var node = _graph.Node[^1];
        node.Output[node.Output.IndexOf(value.Name)] = name;
    }

    /// <summary>Makes the model: IR 10, operator set 21 and ONNX Runtime's own, which every runtime since 1.20 loads.</summary>
    public ModelProto ToModel(IReadOnlyList<AdaptedProduct> products)
    {
        var model = new ModelProto { IrVersion = 10, ProducerName = "TaskServices", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = 21 });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = MicrosoftDomain, Version = 1 });
        AdaptedProduct.Write(model, products);
        return model;
    }

    /// <summary>Makes the model for sequences beyond the first context length, over the same weights; null where one model serves all lengths.</summary>
    public ModelProto? ToLongModel(IReadOnlyList<AdaptedProduct> products)
    {
        if (_longInitializers.Count == 0)
        {
            return null;
        }

        var model = ToModel(products).Clone();
        for (var i = 0; i < model.Graph.Initializer.Count; i++)
        {
            model.Graph.Initializer[i] = _longInitializers.GetValueOrDefault(model.Graph.Initializer[i].Name, model.Graph.Initializer[i]);
        }

        return model;
    }

    private Value[] Add(string domain, string operation, Value[] inputs, int outputCount, (string Name, object Value)[] attributes)
    {
        var node = Node(domain, operation, inputs, attributes);
        node.Output.AddRange(Enumerable.Range(0, outputCount).Select(i => outputCount == 1 ? node.Name : $"{node.Name}.{i}"));
        return [.. node.Output.Select(output => new Value(output))];
    }

    private NodeProto Node(string domain, string operation, Value[] inputs, (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { Name = $"{operation}_{_nodeCount++}", OpType = operation, Domain = domain };
        node.Input.AddRange(inputs.Select(input => input.Name));
        node.Attribute.AddRange(attributes.Select(attribute => Attribute(attribute.Name, attribute.Value)));
        _graph.Node.Add(node);
        return node;
    }

    private Value Constant(string key, DataType type, byte[] bytes, long[] shape)
    {
        if (!_constants.TryGetValue(key, out var value))
        {
            value = Initializer(Raw("const." + key, type, bytes, shape));
            _constants.Add(key, value);
        }

        return value;
    }

    private static TensorProto Raw(string name, DataType type, ReadOnlySpan<byte> bytes, long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        int number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = number },
        long number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = number },
        float number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = number },
        string text => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(text) },
        _ => throw new ArgumentException($"Attribute '{name}' has the unsupported type {value.GetType()}.", nameof(value)),
    };

    private static ValueInfoProto Describe(string name, DataType type, object[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.AddRange(shape.Select(dimension => dimension is string symbol
            ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
            : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(dimension, CultureInfo.InvariantCulture) }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions } },
        };
    }
}
