using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models.Onnx;
using TaskServices.Inference.Models.Weights;

namespace TaskServices.Inference.Models.Graphs;

/// <summary>Multiplications by a layer's matrices, several of them packed into one where they share their input.</summary>
internal sealed class BlockWeights(WeightMap weights, MatrixWriter matrices, int bits)
{
    /// <summary>One matrix of a product: name without suffix, rows, and the order of rows inside a head where it is not the stored one.</summary>
    /// <param name="FirstRow">Where the part begins in a fused matrix of <paramref name="FusedRows"/> rows; 0 of 0 for a whole matrix.</param>
    internal readonly record struct Part(string Name, int Rows, int[]? Order = null, int FirstRow = 0, int FusedRows = 0)
    {
        public int StoredRows => FusedRows == 0 ? Rows : FusedRows;
    }

    private readonly List<AdaptedProduct> _products = [];

    /// <summary>Gets the products to which adapters can be added: all but those of experts, whose rows are not the batch's.</summary>
    public IReadOnlyList<AdaptedProduct> Products => _products;

    /// <summary>Multiplies by the named matrices, packed one after the other under one name; biases are added where the file has them.</summary>
    public Value Multiply(Value x, string packedName, int columns, params Part[] parts)
    {
        var rows = parts.Select(part => Rows(part, columns)).ToArray();
        var biases = parts.Select(part => Bias(part)).ToArray();
        var matrix = matrices.Write(packedName, rows.Length == 1 ? rows[0] : new ConcatenatedRows(rows), bits);
        var bias = biases.All(part => part is null)
            ? null
            : biases.Zip(parts).SelectMany(pair => pair.First ?? new float[pair.Second.Rows]).ToArray();
        var product = matrices.Multiply(x, matrix, bias);
        if (!char.IsAsciiDigit(packedName[^1])) // An expert's matrix ends with its number.
        {
            _products.Add(new(product.Name, x.Name, columns, parts.Sum(part => part.Rows), [.. parts.Select(Describe)]));
        }

        return product;
    }

    /// <summary>Multiplies by a small matrix in fp32 whatever the others have: a router's choice must not flip by rounding.</summary>
    public Value MultiplyFp32(Value x, string name, int rows, int columns) =>
        matrices.Multiply(x, matrices.Write(name, weights.Matrix(name + ".weight", rows, columns), 32), null);

    public float[]? Bias(string name, int length) => weights.Has(name + ".bias") ? weights.Vector(name + ".bias", length) : null;

    private AdaptedPart Describe(Part part) => new(weights.ModuleName(part.Name), part.Rows, part.FirstRow, part.StoredRows, part.Order);

    private IRowSource Rows(Part part, int columns)
    {
        var rows = weights.Matrix(part.Name + ".weight", part.StoredRows, columns);
        rows = part.FusedRows == 0 ? rows : new RowRange(rows, part.FirstRow, part.Rows);
        return part.Order is null ? rows : new ReorderedRows(rows, part.Order);
    }

    private float[]? Bias(Part part)
    {
        var bias = Bias(part.Name, part.StoredRows)?.AsSpan(part.FirstRow, part.Rows).ToArray();
        return bias is null || part.Order is not { } order
            ? bias
            : [.. bias.Select((_, i) => bias[(i / order.Length * order.Length) + order[i % order.Length]])];
    }
}
