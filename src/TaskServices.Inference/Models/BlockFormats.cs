using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TaskServices.Inference.Models;

/// <summary>Decodes the element encodings of GGUF and safetensors to fp32, bit for bit as the gguf Python package does.</summary>
/// <remarks>Layouts: ggml-common.h of ggml-org/ggml (block_q4_0 … block_q6_K). All little-endian.</remarks>
internal static class BlockFormats
{
    /// <summary>Negative zero: adding it leaves every value as it is, the sign of a zero included.</summary>
    private const float NoMinimum = -0f;

    /// <param name="source">A whole number of blocks.</param>
    /// <param name="destination">Exactly the elements of these blocks.</param>
    public static void Decode(TensorType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case TensorType.F32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                return;
            case TensorType.F16:
                System.Numerics.Tensors.TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                return;
            case TensorType.BF16:
                DecodeBFloat16(MemoryMarshal.Cast<byte, ushort>(source), destination);
                return;
            default:
                break;
        }

        var (elements, bytes) = GgufTensorTypes.BlockOf(type);
        for (int from = 0, to = 0; from < source.Length; from += bytes, to += elements)
        {
            DecodeBlock(type, source.Slice(from, bytes), destination.Slice(to, elements));
        }
    }

    private static void DecodeBFloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
        }
    }

    private static void DecodeBlock(TensorType type, ReadOnlySpan<byte> block, Span<float> values)
    {
        switch (type)
        {
            case TensorType.Q8_0:
                DecodeQ8_0(block, values);
                break;
            case TensorType.Q4_0:
                DecodeSmall(HalfAt(block, 0), NoMinimum, 8, block[2..], default, values);
                break;
            case TensorType.Q4_1:
                DecodeSmall(HalfAt(block, 0), HalfAt(block, 2), 0, block[4..], default, values);
                break;
            case TensorType.Q5_0:
                DecodeSmall(HalfAt(block, 0), NoMinimum, 16, block[6..], block[2..6], values);
                break;
            case TensorType.Q5_1:
                DecodeSmall(HalfAt(block, 0), HalfAt(block, 2), 0, block[8..], block[4..8], values);
                break;
            case TensorType.Q4_K:
                DecodeScaled(block, block[16..], default, values);
                break;
            case TensorType.Q5_K:
                DecodeScaled(block, block[48..], block[16..48], values);
                break;
            case TensorType.Q6_K:
                DecodeQ6_K(block, values);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Not a block format.");
        }
    }

    private static float HalfAt(ReadOnlySpan<byte> block, int offset) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[offset..]);

    private static void DecodeQ8_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = HalfAt(block, 0);
        for (var i = 0; i < 32; i++)
        {
            values[i] = scale * (sbyte)block[2 + i];
        }
    }

    /// <summary>Q4_0, Q4_1, Q5_0, Q5_1: element i in the low nibble of byte i, element i + 16 in the high one; fifth bits apart.</summary>
    private static void DecodeSmall(float scale, float minimum, int zero, ReadOnlySpan<byte> nibbles, ReadOnlySpan<byte> fifthBits, Span<float> values)
    {
        var high = fifthBits.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(fifthBits);
        for (var i = 0; i < 16; i++)
        {
            var low = (nibbles[i] & 15) | (int)(((high >> i) & 1) << 4);
            var upper = (nibbles[i] >> 4) | (int)(((high >> (i + 16)) & 1) << 4);
            values[i] = (scale * (low - zero)) + minimum;
            values[i + 16] = (scale * (upper - zero)) + minimum;
        }
    }

    /// <summary>Q4_K and Q5_K: eight sub-blocks of 32, each with a six-bit scale and minimum packed into 12 bytes.</summary>
    private static void DecodeScaled(ReadOnlySpan<byte> block, ReadOnlySpan<byte> nibbles, ReadOnlySpan<byte> fifthBits, Span<float> values)
    {
        var scale = HalfAt(block, 0);
        var minimum = HalfAt(block, 2);
        var packed = block[4..16];
        for (var sub = 0; sub < 8; sub++)
        {
            var (subScale, subMinimum) = sub < 4
                ? (packed[sub] & 63, packed[sub + 4] & 63)
                : ((packed[sub + 4] & 15) | ((packed[sub - 4] >> 6) << 4), (packed[sub + 4] >> 4) | ((packed[sub] >> 6) << 4));
            var d = scale * subScale;
            var m = minimum * subMinimum;
            for (var i = 0; i < 32; i++)
            {
                var nibble = (nibbles[((sub >> 1) * 32) + i] >> ((sub & 1) * 4)) & 15;
                var fifth = fifthBits.IsEmpty ? 0 : (fifthBits[i] >> sub) & 1;
                values[(sub * 32) + i] = (d * (nibble | (fifth << 4))) - m;
            }
        }
    }

    /// <summary>Q6_K: low four bits, then high two bits, then sixteen signed scales, then the common scale.</summary>
    private static void DecodeQ6_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = HalfAt(block, 208);
        for (var i = 0; i < 256; i++)
        {
            var (half, within) = (i / 128, i % 128);
            var low = (block[(half * 64) + (within % 64)] >> (within / 64 * 4)) & 15;
            var high = (block[128 + (half * 32) + (within % 32)] >> (within / 32 * 2)) & 3;
            values[i] = scale * (sbyte)block[192 + (i / 16)] * ((low | (high << 4)) - 32);
        }
    }
}
