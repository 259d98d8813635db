using System.Text.Json;
using TaskServices.Inference.Onnx;

namespace TaskServices.Inference.Adapters;

/// <summary>A matrix product of a graph to which an adapter's update can be added; kept in the model's metadata.</summary>
/// <param name="Value">Name of the product in the graph.</param>
/// <param name="Input">Name of what is multiplied.</param>
/// <param name="Inputs">Width of the input.</param>
/// <param name="Outputs">Width of the product.</param>
/// <param name="Parts">The packed matrices, one after the other.</param>
internal sealed record AdaptedProduct(string Value, string Input, int Inputs, int Outputs, IReadOnlyList<AdaptedPart> Parts)
{
    private const string MetadataKey = "taskservices.adapted_products";

    /// <summary>Notes in a model which products it has.</summary>
    public static void Write(ModelProto model, IReadOnlyList<AdaptedProduct> products) =>
        model.MetadataProps.Add(new StringStringEntryProto { Key = MetadataKey, Value = JsonSerializer.Serialize(products) });

    /// <summary>Reads which products a model has; none in a model of an older import.</summary>
    public static IReadOnlyList<AdaptedProduct> Read(ModelProto model) =>
        model.MetadataProps.FirstOrDefault(entry => entry.Key == MetadataKey) is { } entry
            ? JsonSerializer.Deserialize<AdaptedProduct[]>(entry.Value) ?? []
            : [];
}

/// <summary>One matrix, or some rows of one, in a product.</summary>
/// <param name="Module">Module path that an adapter names it by.</param>
/// <param name="Rows">Rows taken, which are columns of the product.</param>
/// <param name="FirstRow">First of them in the module's matrix.</param>
/// <param name="ModuleRows">Rows of the module's matrix.</param>
/// <param name="Order">Row i of a group (attention head) is row <c>Order[i]</c> of the module's group; null keeps the order.</param>
internal sealed record AdaptedPart(string Module, int Rows, int FirstRow, int ModuleRows, int[]? Order);
