using TaskServices.Inference.Models.Onnx;
using TaskServices.Inference.Models.Weights;

namespace TaskServices.Inference.Models.Graphs;

/// <summary>Multiplications by a layer's matrices, several of them packed into one where they share their input.</summary>
internal sealed class BlockWeights(WeightMap weights, MatrixWriter matrices, int bits)
{
    /// <summary>One matrix of a product: name without suffix, rows, and the order of rows inside a head where it is not the stored one.</summary>
    internal readonly record struct Part(string Name, int Rows, int[]? Order = null);

    /// <summary>Multiplies by the named matrices, packed one after the other under one name; biases are added where the file has them.</summary>
    public Value Multiply(Value x, string packedName, int columns, params Part[] parts)
    {
        var rows = parts.Select(part => Rows(part, columns)).ToArray();
        var biases = parts.Select(part => Bias(part)).ToArray();
        var matrix = matrices.Write(packedName, rows.Length == 1 ? rows[0] : new ConcatenatedRows(rows), bits);
        var bias = biases.All(part => part is null)
            ? null
            : biases.Zip(parts).SelectMany(pair => pair.First ?? new float[pair.Second.Rows]).ToArray();
        return matrices.Multiply(x, matrix, bias);
    }

    public float[]? Bias(string name, int length) => weights.Has(name + ".bias") ? weights.Vector(name + ".bias", length) : null;

    private IRowSource Rows(Part part, int columns)
    {
        var rows = weights.Matrix(part.Name + ".weight", part.Rows, columns);
        return part.Order is null ? rows : new ReorderedRows(rows, part.Order);
    }

    private float[]? Bias(Part part)
    {
        var bias = Bias(part.Name, part.Rows);
        return bias is null || part.Order is not { } order
            ? bias
            : [.. bias.Select((_, i) => bias[(i / order.Length * order.Length) + order[i % order.Length]])];
    }
}
