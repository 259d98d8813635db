using System.Numerics.Tensors;

namespace TaskServices.Inference.Models.Weights;

/// <summary>Rows <paramref name="firstRow"/> to <paramref name="firstRow"/> + <paramref name="rows"/> of a tensor.</summary>
internal sealed class TensorRows(ITensorSource source, TensorInfo tensor, long firstRow, long rows) : IRowSource
{
    public TensorRows(ITensorSource source, TensorInfo tensor)
        : this(source, tensor, 0, tensor.Rows)
    {
    }

    public long Rows => rows;

    public int Columns { get; } = checked((int)tensor.Columns);

    public bool IsSymmetric => tensor.Type == TensorType.Q4_0;

    public void Read(long row, Span<float> destination) => source.ReadRows(tensor.Name, firstRow + row, destination);
}

/// <summary>The rows of several matrices one after the other: packed query, key and value, or gate and up.</summary>
internal sealed class ConcatenatedRows(params IRowSource[] parts) : IRowSource
{
    public long Rows { get; } = parts.Sum(part => part.Rows);

    public int Columns { get; } = parts[0].Columns;

    public bool IsSymmetric => Array.TrueForAll(parts, part => part.IsSymmetric);

    public void Read(long row, Span<float> destination)
    {
        foreach (var part in parts)
        {
            if (row < part.Rows && !destination.IsEmpty)
            {
                var length = (int)Math.Min(destination.Length, (part.Rows - row) * Columns);
                part.Read(row, destination[..length]);
                destination = destination[length..];
                row = 0;
            }
            else
            {
                row -= part.Rows;
            }
        }
    }
}

/// <summary>Consecutive rows of a matrix: the query, key or value part of a fused projection.</summary>
internal sealed class RowRange(IRowSource source, long firstRow, long rows) : IRowSource
{
    public long Rows => rows;

    public int Columns => source.Columns;

    public bool IsSymmetric => source.IsSymmetric;

    public void Read(long row, Span<float> destination) => source.Read(firstRow + row, destination);
}

/// <summary>Rows in another order inside each group (attention head); row i of a group is row <c>order[i]</c> of the source's group.</summary>
internal sealed class ReorderedRows(IRowSource source, int[] order) : IRowSource
{
    public long Rows => source.Rows;

    public int Columns => source.Columns;

    public bool IsSymmetric => source.IsSymmetric;

    public void Read(long row, Span<float> destination)
    {
        var group = new float[order.Length * Columns];
        var loaded = -1L;
        for (var done = 0; done < destination.Length; done += Columns, row++)
        {
            if (row / order.Length != loaded)
            {
                loaded = row / order.Length;
                source.Read(loaded * order.Length, group);
            }

            group.AsSpan(order[(int)(row % order.Length)] * Columns, Columns).CopyTo(destination.Slice(done, Columns));
        }
    }
}

/// <summary>Every element plus a constant: Gemma's norm weights are stored as w with (1 + w) applied.</summary>
internal sealed class ShiftedRows(IRowSource source, float shift) : IRowSource
{
    public long Rows => source.Rows;

    public int Columns => source.Columns;

    public void Read(long row, Span<float> destination)
    {
        source.Read(row, destination);
        TensorPrimitives.Add(destination, shift, destination);
    }
}
