namespace TaskServices.TextToSql.Linking;

/// <summary>Gathers values for a <see cref="ValueIndex"/> within its bounds. Not thread safe.</summary>
internal sealed class ValueIndexBuilder(ValueIndexLimits limits)
{
    private const int BytesPerEntry = 96; // Object headers and hash slots, roughly.
    private long _bytes;

    public Dictionary<string, List<StoredValue>> ByKey { get; } = [];

    public bool IsComplete { get; set; } = true;

    public int ColumnsPerValue => limits.ColumnsPerValue;

    public bool IsFull => _bytes >= limits.TotalBytes;

    public void Add(StoredValue value)
    {
        if (value.Text.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFFFD'))
            return;
        var key = ValueIndex.ToKey(value.Text);
        if (key.Length == 0)
            return;
        if (!ByKey.TryGetValue(key, out var values))
            ByKey.Add(key, values = new(1));

        // One value in very many columns says nothing about any of them, and no hint names more than a few.
        if (values.Count >= limits.ColumnsPerValue)
            return;

        values.Add(value);
        _bytes += BytesPerEntry + (2L * (key.Length + value.Text.Length));
    }
}
