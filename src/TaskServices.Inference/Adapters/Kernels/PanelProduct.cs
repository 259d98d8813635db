using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TaskServices.Inference.Adapters.Kernels;

/// <summary>Products of rows with a panel of 32 columns of a weight matrix: C[rows, 32] += X[rows, depth] W[depth, 32].</summary>
/// <remarks>
/// Each element is summed in one accumulator in the order of the depth, with fused multiply-adds, whether its row is computed alone or with
/// others: so a row's result does not depend on its batch, bit by bit.
/// </remarks>
internal static unsafe class PanelProduct
{
    public const int Columns = 32;

    /// <summary>Rows that share one pass over the weights.</summary>
    public const int Rows = 4;

    /// <summary>Multiplies <see cref="Rows"/> rows.</summary>
    /// <param name="x">First row; the next ones follow at <paramref name="stride"/>.</param>
    /// <param name="sums">First row of the panel in C, the next ones at <paramref name="sumsStride"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddFour<T>(float* x, long stride, int depth, byte* weights, float* sums, long sumsStride)
        where T : struct, IWeightFormat
    {
        var x1 = x + stride;
        var x2 = x1 + stride;
        var x3 = x2 + stride;
        var s1 = sums + sumsStride;
        var s2 = s1 + sumsStride;
        var s3 = s2 + sumsStride;
        var (a0, a1, a2, a3) = (Vector256.Load(sums), Vector256.Load(sums + 8), Vector256.Load(sums + 16), Vector256.Load(sums + 24));
        var (b0, b1, b2, b3) = (Vector256.Load(s1), Vector256.Load(s1 + 8), Vector256.Load(s1 + 16), Vector256.Load(s1 + 24));
        var (c0, c1, c2, c3) = (Vector256.Load(s2), Vector256.Load(s2 + 8), Vector256.Load(s2 + 16), Vector256.Load(s2 + 24));
        var (d0, d1, d2, d3) = (Vector256.Load(s3), Vector256.Load(s3 + 8), Vector256.Load(s3 + 16), Vector256.Load(s3 + 24));
        for (var k = 0; k < depth; k++, weights += Columns * T.Bytes)
        {
            var w0 = T.Load(weights);
            var w1 = T.Load(weights + (8 * T.Bytes));
            var w2 = T.Load(weights + (16 * T.Bytes));
            var w3 = T.Load(weights + (24 * T.Bytes));
            var factor = Vector256.Create(x[k]);
            a0 = Vector256.FusedMultiplyAdd(factor, w0, a0);
            a1 = Vector256.FusedMultiplyAdd(factor, w1, a1);
            a2 = Vector256.FusedMultiplyAdd(factor, w2, a2);
            a3 = Vector256.FusedMultiplyAdd(factor, w3, a3);
            factor = Vector256.Create(x1[k]);
            b0 = Vector256.FusedMultiplyAdd(factor, w0, b0);
            b1 = Vector256.FusedMultiplyAdd(factor, w1, b1);
            b2 = Vector256.FusedMultiplyAdd(factor, w2, b2);
            b3 = Vector256.FusedMultiplyAdd(factor, w3, b3);
            factor = Vector256.Create(x2[k]);
            c0 = Vector256.FusedMultiplyAdd(factor, w0, c0);
            c1 = Vector256.FusedMultiplyAdd(factor, w1, c1);
            c2 = Vector256.FusedMultiplyAdd(factor, w2, c2);
            c3 = Vector256.FusedMultiplyAdd(factor, w3, c3);
            factor = Vector256.Create(x3[k]);
            d0 = Vector256.FusedMultiplyAdd(factor, w0, d0);
            d1 = Vector256.FusedMultiplyAdd(factor, w1, d1);
            d2 = Vector256.FusedMultiplyAdd(factor, w2, d2);
            d3 = Vector256.FusedMultiplyAdd(factor, w3, d3);
        }

        Store(sums, a0, a1, a2, a3);
        Store(s1, b0, b1, b2, b3);
        Store(s2, c0, c1, c2, c3);
        Store(s3, d0, d1, d2, d3);
    }

    /// <summary>Multiplies one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOne<T>(float* x, int depth, byte* weights, float* sums)
        where T : struct, IWeightFormat
    {
        var (a0, a1, a2, a3) = (Vector256.Load(sums), Vector256.Load(sums + 8), Vector256.Load(sums + 16), Vector256.Load(sums + 24));
        for (var k = 0; k < depth; k++, weights += Columns * T.Bytes)
        {
            var factor = Vector256.Create(x[k]);
            a0 = Vector256.FusedMultiplyAdd(factor, T.Load(weights), a0);
            a1 = Vector256.FusedMultiplyAdd(factor, T.Load(weights + (8 * T.Bytes)), a1);
            a2 = Vector256.FusedMultiplyAdd(factor, T.Load(weights + (16 * T.Bytes)), a2);
            a3 = Vector256.FusedMultiplyAdd(factor, T.Load(weights + (24 * T.Bytes)), a3);
        }

        Store(sums, a0, a1, a2, a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* sums, Vector256<float> v0, Vector256<float> v1, Vector256<float> v2, Vector256<float> v3)
    {
        v0.Store(sums);
        v1.Store(sums + 8);
        v2.Store(sums + 16);
        v3.Store(sums + 24);
    }
}
