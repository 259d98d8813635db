namespace TaskServices.Evals.Metrics.Spider;

/// <summary>Removes what exact set match ignores (<c>rebuild_sql_val</c> and <c>rebuild_sql_col</c> of <c>evaluation.py</c>).</summary>
/// <remarks>
/// Literals go (<c>DISABLE_VALUE</c>), DISTINCT goes (<c>DISABLE_DISTINCT</c>), and a column of a table in FROM becomes the
/// representative of the columns it is joined to by foreign keys. Quirks kept: inside the subquery of a condition only literals go;
/// subqueries of FROM stay as they are; a column on the right of a comparison goes like a literal.
/// </remarks>
internal static class SpiderNormalization
{
    public static SpiderQuery Normalize(SpiderQuery query, SpiderSchema schema)
    {
        var tables = query.Tables.Select(table => table.TableId).OfType<string>().Select(id => id[..^2] + ".").ToList();
        return WithoutColumnDetails(WithoutValues(query));

        SpiderQuery WithoutColumnDetails(SpiderQuery part) => part with
        {
            SelectDistinct = null,
            Select = [.. part.Select.Select(unit => unit with { Value = OfUnit(unit.Value) })],
            From = OfConditions(part.From),
            Where = OfConditions(part.Where),
            GroupBy = [.. part.GroupBy.Select(OfColumn)],
            Having = OfConditions(part.Having),
            OrderBy = [.. part.OrderBy.Select(OfUnit)],
            Intersect = part.Intersect is null ? null : WithoutColumnDetails(part.Intersect),
            Union = part.Union is null ? null : WithoutColumnDetails(part.Union),
            Except = part.Except is null ? null : WithoutColumnDetails(part.Except),
        };

        ConditionList OfConditions(ConditionList list) =>
            list with { Conditions = [.. list.Conditions.Select(condition => condition with { Left = OfUnit(condition.Left) })] };

        ValueUnit OfUnit(ValueUnit unit) =>
            unit with { First = OfColumn(unit.First), Second = unit.Second is null ? null : OfColumn(unit.Second) };

        ColumnUnit OfColumn(ColumnUnit unit) => unit with
        {
            Distinct = null,
            ColumnId = tables.Exists(table => unit.ColumnId.StartsWith(table, StringComparison.Ordinal)) ? schema.Representative(unit.ColumnId) : unit.ColumnId,
        };
    }

    private static SpiderQuery WithoutValues(SpiderQuery query) => query with
    {
        From = WithoutValues(query.From),
        Where = WithoutValues(query.Where),
        Having = WithoutValues(query.Having),
        Intersect = query.Intersect is null ? null : WithoutValues(query.Intersect),
        Union = query.Union is null ? null : WithoutValues(query.Union),
        Except = query.Except is null ? null : WithoutValues(query.Except),
    };

    private static ConditionList WithoutValues(ConditionList list) => list with
    {
        Conditions = [.. list.Conditions.Select(condition => condition with { First = WithoutValue(condition.First), Second = WithoutValue(condition.Second) })],
    };

    private static ConditionValue? WithoutValue(ConditionValue? value) =>
        value?.Query is null ? null : new ConditionValue(null, WithoutValues(value.Query));
}
