using System.Numerics;
using System.Numerics.Tensors;

namespace TaskServices.Inference.Models.Weights;

/// <summary>Quantises rows in blocks of 32 to the layout of ONNX Runtime's MatMulNBits: unsigned values, one scale and zero point a block.</summary>
/// <remarks>
/// Weights that come from a four-bit file lie on a grid of sixteen steps; an eight-bit grid that divides those steps evenly represents them
/// almost exactly, one that only spans the same range does not. So several scales are tried and the one with the least squared error is taken.
/// </remarks>
internal static class BlockQuantizer
{
    public const int BlockSize = 32;

    private const int Levels = 255;

    /// <summary>Steps of a four-bit grid, and the numbers of eight-bit steps that each is divided into.</summary>
    private const int SourceSteps = 15;

    private const int FewestDivisions = 8;

    private const int MostDivisions = Levels / SourceSteps;

    /// <summary>Quantises to 8 bits.</summary>
    /// <param name="row">A whole number of blocks.</param>
    /// <param name="values">Receives one byte an element.</param>
    /// <param name="scales">Receives one scale a block.</param>
    /// <param name="zeroPoints">Receives one zero point a block.</param>
    public static void Quantize8(ReadOnlySpan<float> row, Span<byte> values, Span<float> scales, Span<byte> zeroPoints)
    {
        for (var block = 0; block < scales.Length; block++)
        {
            var source = row.Slice(block * BlockSize, BlockSize);
            var target = values.Slice(block * BlockSize, BlockSize);
            var (scale, zero) = BestGrid(source);
            var inverse = scale > 0 ? 1 / scale : 0;
            for (var i = 0; i < BlockSize; i++)
            {
                target[i] = (byte)Math.Clamp((int)MathF.Round(source[i] * inverse) + zero, 0, Levels);
            }

            (scales[block], zeroPoints[block]) = (scale, (byte)zero);
        }
    }

    private static (float Scale, int Zero) BestGrid(ReadOnlySpan<float> block)
    {
        var (low, high) = (TensorPrimitives.Min(block), TensorPrimitives.Max(block));
        if (low == 0 && high == 0)
        {
            return (0, 0);
        }

        // The symmetric grid is exact for weights that come from Q8_0.
        var best = (Scale: Math.Max(-low, high) / 127, Zero: 128);
        var leastError = SquaredError(block, best.Scale, best.Zero);
        var (from, to) = (Math.Min(0, low), Math.Max(0, high));
        for (var divisions = FewestDivisions; divisions <= MostDivisions + 1 && leastError > 0; divisions++)
        {
            var scale = divisions <= MostDivisions ? (high - low) / (SourceSteps * divisions) : (to - from) / Levels;
            if (!(scale > 0) || (to - from) / scale > Levels + 0.5f)
            {
                continue; // The block would not fit: it lies far from zero, or all its values are equal.
            }

            var zero = Math.Clamp((int)MathF.Round(-from / scale), 0, Levels);
            var error = SquaredError(block, scale, zero);
            if (error < leastError)
            {
                (best, leastError) = ((scale, zero), error);
            }
        }

        return best;
    }

    private static float SquaredError(ReadOnlySpan<float> block, float scale, int zero)
    {
        var (scales, inverse) = (new Vector<float>(scale), new Vector<float>(1 / scale));
        var (lowest, highest) = (new Vector<float>(-zero), new Vector<float>(Levels - zero));
        var sum = Vector<float>.Zero;
        for (var i = 0; i < block.Length; i += Vector<float>.Count)
        {
            var values = new Vector<float>(block[i..]);
            var steps = Vector.Min(Vector.Max(Vector.Round(values * inverse), lowest), highest);
            var error = values - (steps * scales);
            sum += error * error;
        }

        return Vector.Sum(sum);
    }
}
