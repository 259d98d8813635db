using System.Globalization;
using TaskServices.Inference.Adapters.Kernels;
using TaskServices.Inference.Onnx;

namespace TaskServices.Inference.Adapters;

/// <summary>Puts an operator behind each adapted product of a graph that adds the update of each row's own adapter.</summary>
/// <remarks>Adds the graph input <c>adapters</c>, int64 [batch]: the number of each row's adapter in the session, 0 for the base model.</remarks>
internal static class AdapterGraph
{
    public const string InputName = "adapters";

    public static void Insert(ModelProto model, IReadOnlyList<AdaptedProduct> products)
    {
        var byValue = products.Select((product, index) => (product, index)).ToDictionary(pair => pair.product.Value, StringComparer.Ordinal);
        var nodes = model.Graph.Node.ToArray();
        model.Graph.Node.Clear();
        foreach (var node in nodes)
        {
            for (var i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = byValue.ContainsKey(node.Input[i]) ? Adapted(node.Input[i]) : node.Input[i];
            }

            model.Graph.Node.Add(node);
            foreach (var output in node.Output.Where(byValue.ContainsKey).ToArray())
            {
                model.Graph.Node.Add(Operator(byValue[output].product, byValue[output].index));
            }
        }

        model.OpsetImport.Add(new OperatorSetIdProto { Domain = LoraOperator.Domain, Version = 1 });
        model.Graph.Input.Add(Input());
    }

    private static string Adapted(string value) => value + ".adapted";

    private static NodeProto Operator(AdaptedProduct product, int index)
    {
        var node = new NodeProto { Name = $"{LoraOperator.Name}_{index.ToString(CultureInfo.InvariantCulture)}", OpType = LoraOperator.Name, Domain = LoraOperator.Domain };
        node.Input.Add([product.Value, product.Input, InputName]);
        node.Output.Add(Adapted(product.Value));
        foreach (var (name, value) in new[] { (LoraOperator.Product, index), (LoraOperator.Inputs, product.Inputs), (LoraOperator.Outputs, product.Outputs) })
        {
            node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });
        }

        return node;
    }

    private static ValueInfoProto Input()
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        var type = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Int64, Shape = shape };
        return new ValueInfoProto { Name = InputName, Type = new TypeProto { TensorType = type } };
    }
}
