namespace TaskServices.TextToSql.Schema;

/// <summary>Reads a column's declared type by its words; SQLite lets any words stand there.</summary>
internal static class DeclaredTypes
{
    private static readonly string[] TimeTypes = ["DATE", "DATETIME", "TIMESTAMP", "TIMESTAMPTZ", "TIME", "TIMETZ", "YEAR", "SMALLDATETIME"];

    private static readonly string[] NumberParts = ["INT", "REAL", "FLOA", "DOUB", "NUM", "DEC", "MONEY", "SERIAL", "FIXED"];

    public static ColumnType ToColumnType(string declaredType)
    {
        var end = declaredType.AsSpan().IndexOfAny("( ");
        var word = (end < 0 ? declaredType : declaredType[..end]).ToUpperInvariant();
        return word switch
        {
            _ when TimeTypes.Contains(word) => ColumnType.Time,
            _ when word.StartsWith("BOOL", StringComparison.Ordinal) => ColumnType.Boolean,
            "BLOB" or "BIT" or "BYTEA" or "POINT" or "GEOMETRY" => ColumnType.Other,
            _ when word.EndsWith("BINARY", StringComparison.Ordinal) => ColumnType.Other,
            _ when NumberParts.Any(part => word.Contains(part, StringComparison.Ordinal)) => ColumnType.Number,
            _ => ColumnType.Text,
        };
    }
}
