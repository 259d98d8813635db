namespace TaskServices.TextToSql.Sql.Ast;

/// <summary>A value written in the text.</summary>
public abstract record LiteralExpression : Expression;

/// <summary>A number as it was written, in decimal digits with an optional fraction and exponent; no sign.</summary>
public sealed record NumberLiteral(string Text) : LiteralExpression
{
    /// <summary>Gets whether the number has neither fraction nor exponent.</summary>
    public bool IsInteger => Text.AsSpan().IndexOfAny('.', 'e', 'E') < 0;
}

/// <summary>A string; the value is without quotes and escapes.</summary>
public sealed record StringLiteral(string Value) : LiteralExpression;

public sealed record NullLiteral : LiteralExpression;

public sealed record BooleanLiteral(bool Value) : LiteralExpression;

/// <summary>Bytes as upper-case hexadecimal digits, an even number of them.</summary>
public sealed record BlobLiteral(string Hex) : LiteralExpression;

/// <summary><c>DATE '…'</c>, <c>TIME '…'</c> or <c>TIMESTAMP '…'</c>.</summary>
public sealed record TemporalLiteral(TemporalKind Kind, string Value) : LiteralExpression;

public enum TemporalKind
{
    Date,
    Time,
    Timestamp,
}

/// <summary>A span of time: an amount of one unit. Several units are a sum of intervals.</summary>
public sealed record IntervalExpression(Expression Amount, DatePart Unit) : Expression;
