using TaskServices.Inference.Models.Onnx;

namespace TaskServices.Inference.Models.Weights;

/// <summary>Adds nodes that sum each block of 32 inputs: what a block's rest is multiplied by.</summary>
/// <remarks>
/// An eight-bit product with ones rather than a reduction: it rounds the inputs as the main product does, and its rows do not depend on the batch.
/// </remarks>
internal sealed class BlockSums(OnnxGraph graph)
{
    private const byte Zero = 128;

    private readonly Dictionary<int, Value[]> _ones = [];

    /// <param name="columns">Inputs, whole blocks. The sums are filled up with zeros to whole blocks.</param>
    public Value Add(Value x, int columns)
    {
        if (!_ones.TryGetValue(columns, out var ones))
        {
            ones = Ones(columns);
            _ones.Add(columns, ones);
        }

        return graph.AddMicrosoft(
            "MatMulNBits",
            [x, .. ones],
            ("K", columns),
            ("N", FourBitQuantizer.RestColumns(columns)),
            ("bits", 8),
            ("block_size", BlockQuantizer.BlockSize),
            ("accuracy_level", 4));
    }

    private Value[] Ones(int columns)
    {
        var (blocks, rows) = (columns / BlockQuantizer.BlockSize, FourBitQuantizer.RestColumns(columns));
        var (values, scales) = (new byte[rows * columns], new float[rows * blocks]);
        Array.Fill(values, Zero);
        Array.Fill(scales, 1);
        for (var column = 0; column < columns; column++)
        {
            values[(column / BlockQuantizer.BlockSize * columns) + column] = Zero + 1;
        }

        return [graph.Bytes($"sums.{columns}", values, rows, blocks, BlockQuantizer.BlockSize), graph.Floats($"sums.{columns}.scales", scales, rows, blocks)];
    }
}
