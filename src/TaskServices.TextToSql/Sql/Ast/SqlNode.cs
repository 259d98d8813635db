namespace TaskServices.TextToSql.Sql.Ast;

/// <summary>A part of a SELECT statement. Immutable; equality is by value and ignores where the node stood in a text.</summary>
public abstract record SqlNode
{
    private readonly NotCompared<int> _offset = new(-1);

    /// <summary>Gets the offset in UTF-16 units where the node began in the text it was read from; -1 for a node that was made.</summary>
    public int Offset
    {
        get => _offset.Value;
        init => _offset = new(value);
    }
}

/// <summary>A value that record equality leaves out.</summary>
internal readonly record struct NotCompared<T>(T Value)
{
    public bool Equals(NotCompared<T> other) => true;

    public override int GetHashCode() => 0;
}
