namespace TaskServices.TextToSql.Sql.Parsing;

internal enum TokenKind
{
    End,

    /// <summary>A keyword or an unquoted name; <see cref="SqlToken.Value"/> as written (PostgreSQL: in lower case).</summary>
    Word,
    QuotedName,
    String,
    Number,
    Blob,
    Parameter,
    Symbol,
}

/// <summary>One token.</summary>
/// <param name="Value">Content without quotes and escapes.</param>
/// <param name="IsDoubleQuoted">Whether a quoted name stood in double quotes.</param>
internal readonly record struct SqlToken(TokenKind Kind, string Value, int Offset, int End, bool IsDoubleQuoted = false)
{
    public bool IsWord(string keyword) => Kind is TokenKind.Word && Value.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsWord(params ReadOnlySpan<string> keywords)
    {
        foreach (var keyword in keywords)
        {
            if (IsWord(keyword))
                return true;
        }

        return false;
    }

    public bool IsSymbol(string symbol) => Kind is TokenKind.Symbol && Value == symbol;
}
