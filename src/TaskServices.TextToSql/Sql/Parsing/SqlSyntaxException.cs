namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>A text that is not one SELECT statement of the dialect, or that is longer or deeper than is read.</summary>
public sealed class SqlSyntaxException : TextToSqlException
{
    internal SqlSyntaxException(string reason, string text, int offset, string problem)
        : base(reason, Describe(text, offset) + problem)
    {
        Offset = offset;
    }

    /// <summary>Gets the offset of the problem in UTF-16 units.</summary>
    public int Offset { get; }

    private static string Describe(string text, int offset)
    {
        var before = text.AsSpan(0, Math.Min(offset, text.Length));
        var line = before.Count('\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        return FormattableString.Invariant($"Line {line}, column {column}: ");
    }
}
