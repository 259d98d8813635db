namespace TaskServices.TextToSql.Linking;

/// <summary>A text as one column stores it.</summary>
public sealed record StoredValue(string Table, string Column, string Text);

/// <summary>Bounds on what a <see cref="ValueIndex"/> reads and keeps.</summary>
/// <param name="RowsPerColumn">Rows looked at in each column.</param>
/// <param name="ValuesPerColumn">Different values kept of each column.</param>
/// <param name="ValueLength">Longer values, in characters, are not kept: no question repeats them word for word.</param>
/// <param name="ColumnsPerValue">Occurrences kept of each value.</param>
/// <param name="TotalBytes">Memory of the whole index, roughly.</param>
/// <param name="Duration">Time for the whole build.</param>
public sealed record ValueIndexLimits(
    int RowsPerColumn, int ValuesPerColumn, int ValueLength, int ColumnsPerValue, long TotalBytes, TimeSpan Duration)
{
    public static ValueIndexLimits Default { get; } = new(1_000_000, 50_000, 60, 8, 64L << 20, TimeSpan.FromSeconds(20));
}
