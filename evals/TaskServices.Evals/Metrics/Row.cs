namespace TaskServices.Evals.Metrics;

/// <summary>A row as a value: equal to another with equal cells in the same places.</summary>
internal sealed class Row(object[] cells) : IEquatable<Row>
{
    private readonly object[] _cells = cells;

    public static Row From(object?[] cells) => new(Array.ConvertAll(cells, CellValue.Normalize));

    public bool Equals(Row? other) => other is not null && _cells.AsSpan().SequenceEqual(other._cells);

    public override bool Equals(object? obj) => Equals(obj as Row);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var cell in _cells)
            hash.Add(cell);
        return hash.ToHashCode();
    }
}
