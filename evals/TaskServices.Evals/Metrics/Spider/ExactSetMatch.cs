namespace TaskServices.Evals.Metrics.Spider;

/// <summary>Exact set match (EM) of Spider: every component of the two queries is equal as a set (<c>evaluation.py</c>).</summary>
/// <remarks>
/// Source: Yu et al., "Spider" (2018), and the code of <c>test-suite-sql-eval</c>: select, select without aggregates, where, where
/// without operators, group without having, group, order, and/or, set operations and keywords must each agree in number and content,
/// and FROM must name the same tables. LIMIT counts by presence, and only beside ORDER BY. A prediction outside the mini-parser is wrong.
/// Quirk kept: the text <c>value</c> in a prediction is replaced with <c>1</c> before parsing, so a column of such a name is lost.
/// </remarks>
internal static class ExactSetMatch
{
    /// <summary>Says whether a prediction matches a parsed gold query.</summary>
    public static bool IsMatch(SpiderQuery gold, string predictedSql, SpiderSchema schema)
    {
        try
        {
            var predicted = SpiderParser.Parse(predictedSql.Replace("value", "1", StringComparison.Ordinal), schema);
            return AreEqual(SpiderNormalization.Normalize(predicted, schema), SpiderNormalization.Normalize(gold, schema));
        }
        catch (SpiderParseException)
        {
            return false;
        }
    }

    private static bool AreEqual(SpiderQuery predicted, SpiderQuery gold) =>
        SameBag(predicted.Select, gold.Select)
        && SameBag(predicted.Select.Select(unit => unit.Value), gold.Select.Select(unit => unit.Value))
        && SameBag(predicted.Where.Conditions.Select(condition => condition.Key), gold.Where.Conditions.Select(condition => condition.Key))
        && SameBag(predicted.Where.Conditions.Select(condition => condition.Left), gold.Where.Conditions.Select(condition => condition.Left))
        && SameBag(predicted.GroupBy.Select(ColumnName), gold.GroupBy.Select(ColumnName))
        && SameGroup(predicted, gold)
        && SameOrder(predicted, gold)
        && predicted.Where.Connectors.ToHashSet().SetEquals(gold.Where.Connectors)
        && SameOperation(predicted.Intersect, gold.Intersect)
        && SameOperation(predicted.Union, gold.Union)
        && SameOperation(predicted.Except, gold.Except)
        && Keywords(predicted).SetEquals(Keywords(gold))
        && SameBag(predicted.Tables.Select(table => table.Key), gold.Tables.Select(table => table.Key));

    /// <summary>Groups with HAVING: columns in order and the same conditions, in order, with their connectors.</summary>
    private static bool SameGroup(SpiderQuery predicted, SpiderQuery gold) =>
        predicted.GroupBy.Count == 0 && gold.GroupBy.Count == 0
        || (predicted.GroupBy.Count > 0 && gold.GroupBy.Count > 0
            && predicted.GroupBy.Select(unit => unit.ColumnId).SequenceEqual(gold.GroupBy.Select(unit => unit.ColumnId))
            && predicted.Having.Key == gold.Having.Key);

    private static bool SameOrder(SpiderQuery predicted, SpiderQuery gold) =>
        predicted.OrderBy.Count == 0 && gold.OrderBy.Count == 0
        || (predicted.OrderBy.Count > 0 && gold.OrderBy.Count > 0
            && predicted.OrderDirection == gold.OrderDirection
            && predicted.OrderBy.SequenceEqual(gold.OrderBy)
            && predicted.HasLimit == gold.HasLimit);

    private static bool SameOperation(SpiderQuery? predicted, SpiderQuery? gold) =>
        predicted is null || gold is null ? predicted is null && gold is null : AreEqual(predicted, gold);

    private static HashSet<string> Keywords(SpiderQuery query)
    {
        ConditionList[] all = [query.From, query.Where, query.Having];
        var conditions = all.SelectMany(list => list.Conditions).ToList();
        var keywords = new HashSet<string>();
        Add("where", query.Where.Conditions.Count > 0);
        Add("group", query.GroupBy.Count > 0);
        Add("having", query.Having.Conditions.Count > 0);
        Add("order", query.OrderBy.Count > 0);
        Add(query.OrderDirection, query.OrderBy.Count > 0);
        Add("limit", query.HasLimit);
        Add("intersect", query.Intersect is not null);
        Add("union", query.Union is not null);
        Add("except", query.Except is not null);
        Add("or", all.Any(list => list.Connectors.Contains("or")));
        Add("not", conditions.Exists(condition => condition.Not));
        Add("in", conditions.Exists(condition => condition.Operator is "in"));
        Add("like", conditions.Exists(condition => condition.Operator is "like"));
        return keywords;

        void Add(string keyword, bool present)
        {
            if (present)
                keywords.Add(keyword);
        }
    }

    /// <summary>The part behind the point, without its table: <c>eval_group</c> compares no more.</summary>
    private static string ColumnName(ColumnUnit unit) => unit.ColumnId[(unit.ColumnId.IndexOf('.', StringComparison.Ordinal) + 1)..];

    private static bool SameBag<T>(IEnumerable<T> first, IEnumerable<T> second)
    {
        var left = second.ToList();
        return first.All(left.Remove) && left.Count == 0;
    }
}
