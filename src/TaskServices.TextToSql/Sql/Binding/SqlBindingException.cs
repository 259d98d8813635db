namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>A name that is unknown or ambiguous, or columns that do not fit together.</summary>
public sealed class SqlBindingException : TextToSqlException
{
    internal SqlBindingException(string reason, string message, int offset, string? suggestion = null)
        : base(reason, message)
    {
        Offset = offset;
        Suggestion = suggestion;
    }

    /// <summary>Gets the offset of the name in the text in UTF-16 units; -1 where there is no text.</summary>
    public int Offset { get; }

    /// <summary>Gets the nearest known name, or null where none is near.</summary>
    public string? Suggestion { get; }
}
