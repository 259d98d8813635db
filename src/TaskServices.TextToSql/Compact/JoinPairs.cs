using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Compact;

/// <summary>Equalities of columns of two tables, as text that does not depend on sides or case.</summary>
internal static class JoinPairs
{
    public static string Pair(string firstTable, string firstColumn, string secondTable, string secondColumn)
    {
        var first = $"{firstTable}\0{firstColumn}".ToUpperInvariant();
        var second = $"{secondTable}\0{secondColumn}".ToUpperInvariant();
        return string.CompareOrdinal(first, second) < 0 ? first + "\0" + second : second + "\0" + first;
    }

    public static IEnumerable<string> Of(ForeignKey key) =>
        key.Columns.Zip(key.ReferencedColumns, (column, referenced) => Pair(key.Table, column, key.ReferencedTable, referenced));
}
