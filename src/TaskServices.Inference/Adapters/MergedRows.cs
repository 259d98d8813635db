using System.Numerics.Tensors;
using TaskServices.Inference.Models.Weights;

namespace TaskServices.Inference.Adapters;

/// <summary>Rows of a base matrix with an adapter's update added: W + (alpha / r) B A.</summary>
internal sealed class MergedRows(IRowSource source, LoraAdapter adapter, LoraTarget target) : IRowSource
{
    private (float[] A, float[] B)? _factors;

    public long Rows => source.Rows;

    public int Columns => source.Columns;

    public void Read(long row, Span<float> destination)
    {
        source.Read(row, destination);
        var (a, b) = _factors ??= adapter.Read(target);
        for (var done = 0; done < destination.Length; done += Columns, row++)
        {
            var values = destination.Slice(done, Columns);
            for (var i = 0; i < target.Rank; i++)
            {
                var factor = target.Scale * b[(row * target.Rank) + i];
                TensorPrimitives.MultiplyAdd(a.AsSpan(i * Columns, Columns), factor, values, values);
            }
        }
    }
}
