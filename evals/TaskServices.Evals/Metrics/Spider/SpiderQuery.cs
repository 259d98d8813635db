namespace TaskServices.Evals.Metrics.Spider;

/// <summary>A query as Spider's own mini-parser sees it (<c>process_sql.py</c>); equal queries have the same <see cref="Key"/>.</summary>
internal sealed record SpiderQuery
{
    public required IReadOnlyList<TableUnit> Tables { get; init; }

    /// <summary>Gets the conditions of all ON clauses.</summary>
    public required ConditionList From { get; init; }

    public required bool? SelectDistinct { get; init; }

    public required IReadOnlyList<SelectUnit> Select { get; init; }

    public required ConditionList Where { get; init; }

    public required IReadOnlyList<ColumnUnit> GroupBy { get; init; }

    public required ConditionList Having { get; init; }

    /// <summary>Gets the one direction of ORDER BY (the last one written), <c>asc</c> where none is.</summary>
    public required string OrderDirection { get; init; }

    public required IReadOnlyList<ValueUnit> OrderBy { get; init; }

    public required bool HasLimit { get; init; }

    public SpiderQuery? Intersect { get; init; }

    public SpiderQuery? Union { get; init; }

    public SpiderQuery? Except { get; init; }

    /// <summary>Gets a text that is the same for two queries exactly where Python's comparison of the two dictionaries is true.</summary>
    public string Key =>
        $"select {SelectDistinct} {string.Join(',', Select)} from {string.Join(',', Tables.Select(table => table.Key))} on {From.Key} where {Where.Key} "
        + $"group {string.Join(',', GroupBy)} having {Having.Key} order {OrderDirection} {string.Join(',', OrderBy)} limit {HasLimit} "
        + $"intersect ({Intersect?.Key}) union ({Union?.Key}) except ({Except?.Key})";
}

/// <summary>A table (its id is <c>__name__</c>) or a subquery of FROM.</summary>
internal sealed record TableUnit(string? TableId, SpiderQuery? Query)
{
    public string Key => TableId ?? "(" + Query!.Key + ")";
}

/// <summary>A column with an aggregate (<c>none</c> without); the id is <c>__table.column__</c> or <c>__all__</c>.</summary>
internal sealed record ColumnUnit(string Aggregate, string ColumnId, bool? Distinct);

/// <summary>A column, or two joined by an arithmetic operator (<c>none</c> without).</summary>
internal sealed record ValueUnit(string Operator, ColumnUnit First, ColumnUnit? Second);

internal sealed record SelectUnit(string Aggregate, ValueUnit Value);

/// <summary>A literal, a column, or a subquery on the right of a condition.</summary>
/// <param name="Text">The literal or column as text; null where a subquery stands.</param>
internal sealed record ConditionValue(string? Text, SpiderQuery? Query)
{
    public string Key => Text ?? "(" + Query!.Key + ")";
}

/// <summary>One condition; the second value is BETWEEN's upper bound.</summary>
internal sealed record Condition(bool Not, string Operator, ValueUnit Left, ConditionValue? First, ConditionValue? Second)
{
    public string Key => $"{Not} {Left} {Operator} {First?.Key} {Second?.Key}";
}

/// <summary>Conditions with the words (<c>and</c>, <c>or</c>) between them; parentheses are not known.</summary>
internal sealed record ConditionList(IReadOnlyList<Condition> Conditions, IReadOnlyList<string> Connectors)
{
    public static ConditionList Empty { get; } = new([], []);

    public string Key => string.Join("; ", Conditions.Select(condition => condition.Key)) + " | " + string.Join(' ', Connectors);
}
