using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TaskServices.Inference.Models;

namespace TaskServices.Inference.Adapters.Kernels;

/// <summary>One adapter in native memory: for each product of a graph the updates of its parts.</summary>
internal sealed unsafe class AdapterWeights : IDisposable
{
    /// <summary>Most matrices that are packed in one product: query, key and value.</summary>
    public const int MaxParts = 3;

    private readonly (int First, int Count)[] _products;

    private LoraUpdate* _updates;

    private byte* _memory;

    private AdapterWeights((int First, int Count)[] products, int updateCount, long bytes)
    {
        _products = products;
        Bytes = bytes + ((long)updateCount * sizeof(LoraUpdate));
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, bytes), 64);
        _updates = (LoraUpdate*)NativeMemory.AllocZeroed((nuint)Math.Max(1, updateCount), (nuint)sizeof(LoraUpdate));
    }

    /// <summary>Gets the memory that the adapter takes.</summary>
    public long Bytes { get; }

    /// <summary>Reads an adapter's matrices, transposed into panels, in the precision of its file.</summary>
    /// <param name="availableBytes">The most memory to take.</param>
    /// <exception cref="InferenceException"><c>ADAPTER_LIMIT</c>, or the file is damaged.</exception>
    public static AdapterWeights Load(LoraAdapter adapter, IReadOnlyList<AdaptedProduct> products, long availableBytes)
    {
        var parts = products.Select(product => PartsOf(adapter, product)).ToArray();
        var firsts = new (int, int)[parts.Length];
        var bytes = 0L;
        var count = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            firsts[i] = (count, parts[i].Length);
            count += parts[i].Length;
            bytes += parts[i].Sum(part => BytesOfA(adapter, part.Target) + BytesOfB(adapter, part.Target, part.Part));
        }

        if (bytes > availableBytes)
        {
            throw new InferenceException(
                "ADAPTER_LIMIT",
                $"{adapter.Path}: the adapter takes {bytes >> 20} MiB and {Math.Max(0, availableBytes) >> 20} MiB of MaxAdapterBytes are left; unload another one, or raise the limit.");
        }

        var weights = new AdapterWeights(firsts, count, bytes);
        try
        {
            weights.Fill(adapter, parts);
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public Span<LoraUpdate> UpdatesOf(int product) => new(_updates + _products[product].First, _products[product].Count);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_updates);
        _memory = null;
        _updates = null;
    }

    private static (AdaptedPart Part, LoraTarget Target, int FirstColumn)[] PartsOf(LoraAdapter adapter, AdaptedProduct product)
    {
        List<(AdaptedPart, LoraTarget, int)> found = [];
        var column = 0;
        foreach (var part in product.Parts)
        {
            if (adapter.Find(part.Module) is { } target)
            {
                found.Add((part, target, column));
            }

            column += part.Rows;
        }

        return [.. found];
    }

    private static int WeightBytes(LoraAdapter adapter, LoraTarget target) => adapter.IsBFloat16(target) ? BFloat16Weights.Bytes : Float32Weights.Bytes;

    private static long BytesOfA(LoraAdapter adapter, LoraTarget target) =>
        (long)LoraUpdate.PadToPanel(target.Rank) * target.InputSize * WeightBytes(adapter, target);

    private static long BytesOfB(LoraAdapter adapter, LoraTarget target, AdaptedPart part) =>
        (long)LoraUpdate.PadToPanel(part.Rows) * target.Rank * WeightBytes(adapter, target);

    private void Fill(LoraAdapter adapter, (AdaptedPart Part, LoraTarget Target, int FirstColumn)[][] products)
    {
        var next = _memory;
        var update = _updates;
        foreach (var (part, target, firstColumn) in products.SelectMany(parts => parts))
        {
            var (a, b) = adapter.Read(target);
            Check(adapter, target.TensorA, a);
            Check(adapter, target.TensorB, b);
            *update = new LoraUpdate
            {
                A = next,
                B = next + BytesOfA(adapter, target),
                Rank = target.Rank,
                Inputs = target.InputSize,
                FirstColumn = firstColumn,
                Columns = part.Rows,
                Scale = target.Scale,
                IsBFloat16 = adapter.IsBFloat16(target),
            };
            WritePanels(update->A, update->IsBFloat16, target.Rank, target.InputSize, a, row: null);
            WritePanels(update->B, update->IsBFloat16, part.Rows, target.Rank, b, column => RowOf(part, column));
            next = update->B + BytesOfB(adapter, target, part);
            update++;
        }
    }

    private static int RowOf(AdaptedPart part, int column) => part.FirstRow + (part.Order is { } order
        ? (column / order.Length * order.Length) + order[column % order.Length]
        : column);

    /// <summary>Transposes a matrix [columns, depth] into panels; <paramref name="row"/> gives the matrix row of a column, null the same.</summary>
    private static void WritePanels(byte* destination, bool isBFloat16, int columns, int depth, float[] matrix, Func<int, int>? row)
    {
        var padded = LoraUpdate.PadToPanel(columns);
        NativeMemory.Clear(destination, (nuint)((long)padded * depth * (isBFloat16 ? sizeof(ushort) : sizeof(float))));
        for (var column = 0; column < columns; column++)
        {
            var values = matrix.AsSpan((row?.Invoke(column) ?? column) * depth, depth);
            var start = ((long)(column / PanelProduct.Columns) * depth * PanelProduct.Columns) + (column % PanelProduct.Columns);
            for (var k = 0; k < depth; k++)
            {
                if (isBFloat16)
                {
                    ((ushort*)destination)[start + ((long)k * PanelProduct.Columns)] = (ushort)(BitConverter.SingleToUInt32Bits(values[k]) >> 16);
                }
                else
                {
                    ((float*)destination)[start + ((long)k * PanelProduct.Columns)] = values[k];
                }
            }
        }
    }

    /// <summary>One such number would spoil every request of the adapter.</summary>
    private static void Check(LoraAdapter adapter, string tensor, float[] values)
    {
        if (!TensorPrimitives.IsFiniteAll<float>(values))
        {
            throw ModelFileErrors.Invalid(Path.Combine(adapter.Path, LoraAdapter.WeightsFileName), $"tensor '{tensor}'", "it holds numbers that are not finite");
        }
    }
}
