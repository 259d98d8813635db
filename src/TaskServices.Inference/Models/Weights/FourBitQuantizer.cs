using System.Numerics.Tensors;

namespace TaskServices.Inference.Models.Weights;

/// <summary>Quantises rows to four bits in the layout of MatMulNBits, with the part of each block's minimum that a whole zero point cannot hold.</summary>
/// <remarks>
/// A block is scale * q + minimum, but the fast kernel knows only scale * (q - zero) with a whole zero. The rest, minimum + scale * zero, is at
/// most half a step and the same for the whole block, so it multiplies the sum of the block's inputs: it becomes one more column of the
/// matrix, and the sums one more input each (<see cref="MatrixWriter"/>).
/// </remarks>
internal static class FourBitQuantizer
{
    private const int BlockSize = BlockQuantizer.BlockSize;

    private const int MiddleLevel = 8;

    /// <summary>Gets how many columns the rests take: one a block, filled up to whole blocks.</summary>
    public static int RestColumns(int columns) => ((columns / BlockSize) + BlockSize - 1) / BlockSize * BlockSize;

    /// <param name="row">A whole number of blocks.</param>
    /// <param name="values">Receives half a byte a column, the first of two in the low half.</param>
    /// <param name="scales">Receives one scale a block; rests are written where there is room for them.</param>
    /// <param name="zeros">Receives half a byte a block.</param>
    public static void Quantize(ReadOnlySpan<float> row, Span<byte> values, Span<float> scales, Span<byte> zeros)
    {
        zeros.Clear();
        var blocks = row.Length / BlockSize;
        Span<float> rests = stackalloc float[RestColumns(row.Length)];
        rests.Clear();
        for (var block = 0; block < blocks; block++)
        {
            var source = row.Slice(block * BlockSize, BlockSize);
            var grid = FourBitGrid.Fit(source);
            var zero = grid.Scale > 0 ? Math.Clamp((int)MathF.Round(-grid.Minimum / grid.Scale), 0, FourBitGrid.TopLevel) : 0;
            rests[block] = grid.Minimum + (grid.Scale * zero);
            Write(source, grid, block, zero, values, scales, zeros);
        }

        for (var first = 0; first < rests.Length && blocks < scales.Length; first += BlockSize)
        {
            var source = rests.Slice(first, BlockSize);
            var scale = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(source)) / (FourBitGrid.TopLevel - MiddleLevel);
            var grid = new FourBitGrid(scale, -MiddleLevel * scale);
            Write(source, grid, blocks + (first / BlockSize), MiddleLevel, values, scales, zeros);
        }
    }

    private static void Write(ReadOnlySpan<float> source, FourBitGrid grid, int block, int zero, Span<byte> values, Span<float> scales, Span<byte> zeros)
    {
        for (var i = 0; i < BlockSize; i += 2)
        {
            values[((block * BlockSize) + i) / 2] = (byte)(grid.LevelOf(source[i]) | (grid.LevelOf(source[i + 1]) << 4));
        }

        scales[block] = grid.Scale;
        zeros[block / 2] |= (byte)(zero << (block % 2 * 4));
    }
}
