using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TaskServices.Inference.Adapters.Kernels;

/// <summary>How an adapter's weights are held: as its file has them, so that nothing is rounded.</summary>
internal unsafe interface IWeightFormat
{
    static abstract int Bytes { get; }

    /// <summary>Loads eight weights.</summary>
    static abstract Vector256<float> Load(byte* weights);
}

internal readonly struct Float32Weights : IWeightFormat
{
    public static int Bytes => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<float> Load(byte* weights) => Vector256.Load((float*)weights);
}

/// <summary>bfloat16: the upper half of an fp32 number.</summary>
internal readonly struct BFloat16Weights : IWeightFormat
{
    public static int Bytes => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<float> Load(byte* weights)
    {
        var halves = Vector128.Load((ushort*)weights);
        var bits = Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(halves).AsUInt32()
            : Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves));
        return (bits << 16).AsSingle();
    }
}
