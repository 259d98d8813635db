using CsCheck;
using TaskServices.Inference.Models;
using TaskServices.Inference.Models.Weights;

namespace TaskServices.Inference.Tests.Models;

public sealed class FourBitQuantizerTests
{
    private const int Columns = 96;

    private static readonly Gen<Half> Scale = Gen.Float[1e-3f, 0.1f].Select(value => (Half)value);

    private static readonly Gen<byte[]> Nibbles = Gen.Byte.Array[16];

    [Fact]
    public void Quantize_RowsOfQ4_0_KeepsEveryValueExactly() =>
        Gen.Select(Scale, Gen.Bool, Nibbles).Array[3].Sample(blocks =>
        {
            var row = new float[Columns];
            for (var i = 0; i < 3; i++)
            {
                // As quantisers write it, the largest weight is on level 0, so that the scale has the opposite sign.
                var (scale, negative, nibbles) = blocks[i];
                nibbles[5] = (byte)(nibbles[5] & 0xF0);
                BlockFormats.Decode(TensorType.Q4_0, [.. BitConverter.GetBytes(negative ? -scale : scale), .. nibbles], row.AsSpan(i * 32, 32));
            }

            Assert.Equal(row, RoundTrip(row, withRests: false));
        });

    [Fact]
    public void Quantize_RowsOfQ4_1_MissesByLittleOfAStep() =>
        Gen.Select(Scale, Gen.Float[-1.5f, 0], Nibbles).Array[3].Sample(blocks =>
        {
            var row = new float[Columns];
            var largest = 0f;
            for (var i = 0; i < 3; i++)
            {
                var (scale, minimum, nibbles) = blocks[i];
                nibbles[5] = 0xF0;
                BlockFormats.Decode(
                    TensorType.Q4_1, [.. BitConverter.GetBytes(scale), .. BitConverter.GetBytes((Half)(minimum * 10 * (float)scale)), .. nibbles], row.AsSpan(i * 32, 32));
                largest = MathF.Max(largest, (float)scale);
            }

            // A rest is at most half a step and is itself kept on fifteen levels.
            var error = RoundTrip(row, withRests: true).Zip(row, (kept, value) => MathF.Abs(kept - value)).Max();
            Assert.InRange(error, 0, largest / 20);
        });

    [Fact]
    public void Quantize_AnyRow_IsNoWorseThanItsRangeInFifteenSteps() =>
        Gen.Float[-2, 2].Array[Columns].Sample(row =>
        {
            var kept = RoundTrip(row, withRests: true);
            for (var i = 0; i < Columns; i += 32)
            {
                var block = row.AsSpan(i, 32).ToArray();
                var step = (block.Max() - block.Min()) / 15;
                Assert.InRange(block.Zip(kept.AsSpan(i, 32).ToArray(), (value, got) => MathF.Abs(value - got)).Average(), 0, step / 2);
            }
        });

    [Theory]
    [InlineData(0f)]
    [InlineData(0.25f)]
    [InlineData(-3f)]
    public void Quantize_ConstantRow_KeepsTheConstant(float value)
    {
        var row = Enumerable.Repeat(value, Columns).ToArray();
        Assert.All(RoundTrip(row, withRests: true), kept => Assert.Equal(value, kept, MathF.Abs(value) * 1e-6f));
    }

    /// <summary>Quantises and multiplies out as the runtime does: scale * (q - zero), and the rest of each block.</summary>
    private static float[] RoundTrip(float[] row, bool withRests)
    {
        var stored = Columns + (withRests ? FourBitQuantizer.RestColumns(Columns) : 0);
        var (values, scales, zeros) = (new byte[stored / 2], new float[stored / 32], new byte[((stored / 32) + 1) / 2]);
        FourBitQuantizer.Quantize(row, values, scales, zeros);
        var all = Enumerable.Range(0, stored)
            .Select(i => scales[i / 32] * (((values[i / 2] >> (i % 2 * 4)) & 15) - ((zeros[i / 64] >> (i / 32 % 2 * 4)) & 15)))
            .ToArray();
        return [.. all.Take(Columns).Select((value, i) => withRests ? value + all[Columns + (i / 32)] : value)];
    }
}
