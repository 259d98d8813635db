using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Compact;

/// <summary>Tells whether a SELECT uses a column of a SELECT around it: such a subquery keeps its FROM.</summary>
internal static class OuterUse
{
    public static bool Exists(
        SelectBody body, IEnumerable<OrderItem> orderBy, IReadOnlyList<CompactSource> own, CompactScope? outer) =>
        outer is not null && OwnColumns.Of(body, orderBy).Columns.Any(column =>
            column.Table is not null && !own.Any(source => source.WrittenName.Equals(column.Table, StringComparison.OrdinalIgnoreCase)));
}
