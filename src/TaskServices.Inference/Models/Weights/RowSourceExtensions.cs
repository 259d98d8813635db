namespace TaskServices.Inference.Models.Weights;

internal static class RowSourceExtensions
{
    /// <summary>Floats per chunk: 4 MiB, so that quantising never holds more than a slice of a matrix.</summary>
    private const int ChunkFloats = 1 << 20;

    /// <summary>Reads a small tensor (a norm weight, a bias) whole.</summary>
    public static float[] ReadAll(this IRowSource source)
    {
        var values = new float[checked((int)(source.Rows * source.Columns))];
        source.Read(0, values);
        return values;
    }

    /// <summary>Visits the matrix in chunks of whole rows.</summary>
    public static void ForEachChunk(this IRowSource source, SpanAction visit)
    {
        var rowsPerChunk = Math.Max(1, ChunkFloats / source.Columns);
        var buffer = new float[Math.Min(rowsPerChunk, source.Rows) * source.Columns];
        for (var row = 0L; row < source.Rows; row += rowsPerChunk)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(rowsPerChunk, source.Rows - row) * source.Columns);
            source.Read(row, chunk);
            visit(chunk);
        }
    }

    internal delegate void SpanAction(ReadOnlySpan<float> rows);
}
