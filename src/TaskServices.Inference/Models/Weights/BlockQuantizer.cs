namespace TaskServices.Inference.Models.Weights;

/// <summary>Quantises rows in blocks of 32 to the layout of ONNX Runtime's MatMulNBits: unsigned values, one scale and zero point a block.</summary>
internal static class BlockQuantizer
{
    public const int BlockSize = 32;

    /// <summary>Quantises to 8 bits around a zero point of its own for each block.</summary>
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
            var (minimum, maximum) = (Math.Min(0, System.Numerics.Tensors.TensorPrimitives.Min(source)), Math.Max(0, System.Numerics.Tensors.TensorPrimitives.Max(source)));
            var scale = (maximum - minimum) / 255;
            var inverse = scale > 0 ? 1 / scale : 0;
            var zero = (int)MathF.Round(-minimum * inverse);
            for (var i = 0; i < BlockSize; i++)
            {
                target[i] = (byte)Math.Clamp((int)MathF.Round(source[i] * inverse) + zero, 0, 255);
            }

            (scales[block], zeroPoints[block]) = (scale, (byte)zero);
        }
    }
}
