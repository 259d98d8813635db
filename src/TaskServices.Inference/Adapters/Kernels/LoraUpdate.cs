using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskServices.Inference.Adapters.Kernels;

/// <summary>The low-rank update of one matrix: y += scale B (A x), A and B as panels of 32 columns in native memory.</summary>
[StructLayout(LayoutKind.Auto)]
internal unsafe struct LoraUpdate
{
    /// <summary>A transposed: panels [inputs, 32] over the rank, the last one filled up with zeros.</summary>
    public byte* A;

    /// <summary>B transposed: panels [rank, 32] over the outputs, the last one filled up with zeros.</summary>
    public byte* B;

    public int Rank;

    public int Inputs;

    /// <summary>First column of the product that the update is added to.</summary>
    public int FirstColumn;

    public int Columns;

    public float Scale;

    public bool IsBFloat16;

    public readonly int PaddedRank => PadToPanel(Rank);

    public static int PadToPanel(int count) => (count + PanelProduct.Columns - 1) / PanelProduct.Columns * PanelProduct.Columns;

    /// <summary>Adds the update to some rows.</summary>
    /// <param name="x">Rows of <see cref="Inputs"/>.</param>
    /// <param name="y">Rows of the whole product, at <paramref name="stride"/>.</param>
    public readonly void Add(float* x, float* y, long stride, int rows)
    {
        if (IsBFloat16)
        {
            Add<BFloat16Weights>(x, y, stride, rows);
        }
        else
        {
            Add<Float32Weights>(x, y, stride, rows);
        }
    }

    [SkipLocalsInit]
    private readonly void Add<T>(float* x, float* y, long stride, int rows)
        where T : struct, IWeightFormat
    {
        var width = PaddedRank;
        var hidden = stackalloc float[PanelProduct.Rows * width];
        for (var row = 0; row < rows;)
        {
            var count = rows - row >= PanelProduct.Rows ? PanelProduct.Rows : 1;
            Down<T>(x + ((long)row * Inputs), hidden, width, count);
            Up<T>(hidden, width, y + (row * stride) + FirstColumn, stride, count);
            row += count;
        }
    }

    private readonly void Down<T>(float* x, float* hidden, int width, int count)
        where T : struct, IWeightFormat
    {
        var all = new Span<float>(hidden, count * width);
        all.Clear();
        for (var panel = 0; panel < width; panel += PanelProduct.Columns)
        {
            Multiply<T>(x, Inputs, Inputs, A + ((long)panel * Inputs * T.Bytes), hidden + panel, width, count);
        }

        System.Numerics.Tensors.TensorPrimitives.Multiply(all, Scale, all);
    }

    private readonly void Up<T>(float* hidden, int width, float* y, long stride, int count)
        where T : struct, IWeightFormat
    {
        var whole = Columns / PanelProduct.Columns * PanelProduct.Columns;
        for (var panel = 0; panel < whole; panel += PanelProduct.Columns)
        {
            Multiply<T>(hidden, width, Rank, B + ((long)panel * Rank * T.Bytes), y + panel, stride, count);
        }

        if (whole == Columns)
        {
            return;
        }

        // The last columns go through a panel of their own: behind them begins what another thread writes.
        var last = stackalloc float[PanelProduct.Rows * PanelProduct.Columns];
        for (var row = 0; row < count; row++)
        {
            new Span<float>(y + (row * stride) + whole, Columns - whole).CopyTo(new Span<float>(last + (row * PanelProduct.Columns), PanelProduct.Columns));
        }

        Multiply<T>(hidden, width, Rank, B + ((long)whole * Rank * T.Bytes), last, PanelProduct.Columns, count);
        for (var row = 0; row < count; row++)
        {
            new Span<float>(last + (row * PanelProduct.Columns), Columns - whole).CopyTo(new Span<float>(y + (row * stride) + whole, Columns - whole));
        }
    }

    private static void Multiply<T>(float* x, long stride, int depth, byte* weights, float* sums, long sumsStride, int count)
        where T : struct, IWeightFormat
    {
        if (count == PanelProduct.Rows)
        {
            PanelProduct.AddFour<T>(x, stride, depth, weights, sums, sumsStride);
        }
        else
        {
            PanelProduct.AddOne<T>(x, depth, weights, sums);
        }
    }
}
