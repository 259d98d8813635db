namespace TaskServices.Inference.Models;

/// <summary>One entry of a weight file's tensor directory.</summary>
/// <param name="Name">Name as the file has it.</param>
/// <param name="Shape">Dimensions, outermost first; the last is a row.</param>
/// <param name="Type">Encoding of the elements.</param>
/// <param name="Offset">Byte offset in the file.</param>
/// <param name="ByteCount">Bytes that the tensor takes in the file.</param>
public sealed record TensorInfo(string Name, IReadOnlyList<long> Shape, TensorType Type, long Offset, long ByteCount)
{
    /// <summary>Gets the length of a row: the last dimension, 1 for a scalar.</summary>
    public long Columns { get; } = Shape.Count == 0 ? 1 : Shape[^1];

    /// <summary>Gets the number of rows: the product of all dimensions but the last.</summary>
    public long Rows { get; } = Shape.Take(Math.Max(0, Shape.Count - 1)).Aggregate(1L, (product, dimension) => product * dimension);

    /// <summary>Gets the shape as text, for messages: <c>[49152, 576]</c>.</summary>
    public string ShapeText => "[" + string.Join(", ", Shape) + "]";
}
