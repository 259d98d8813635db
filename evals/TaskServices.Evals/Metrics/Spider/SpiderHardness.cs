namespace TaskServices.Evals.Metrics.Spider;

/// <summary>Spider's hardness of a gold query: easy, medium, hard, extra (<c>Evaluator.eval_hardness</c> of <c>evaluation.py</c>).</summary>
/// <remarks>Quirks kept: NOT in WHERE and HAVING counts as an aggregate, and so does each AND and OR of HAVING.</remarks>
internal static class SpiderHardness
{
    public static string Of(SpiderQuery query)
    {
        var components = CountComponents(query);
        var nested = Nested(query);
        var others = CountOthers(query);
        return (components, nested, others) switch
        {
            ( <= 1, 0, 0) => "easy",
            ( <= 1, 0, <= 2) or ( <= 2, 0, < 2) => "medium",
            ( <= 2, 0, > 2) or (3, 0, <= 2) or ( <= 1, <= 1, 0) => "hard",
            _ => "extra",
        };
    }

    private static int CountComponents(SpiderQuery query)
    {
        var count = 0;
        count += query.Where.Conditions.Count > 0 ? 1 : 0;
        count += query.GroupBy.Count > 0 ? 1 : 0;
        count += query.OrderBy.Count > 0 ? 1 : 0;
        count += query.HasLimit ? 1 : 0;
        count += Math.Max(query.Tables.Count - 1, 0);
        ConditionList[] all = [query.From, query.Where, query.Having];
        count += all.Sum(list => list.Connectors.Count(word => word is "or"));
        return count + all.Sum(list => list.Conditions.Count(condition => condition.Operator is "like"));
    }

    /// <summary>Subqueries of conditions and set operations; subqueries of FROM do not count.</summary>
    private static int Nested(SpiderQuery query)
    {
        ConditionList[] all = [query.From, query.Where, query.Having];
        var values = all.SelectMany(list => list.Conditions).SelectMany(condition => new[] { condition.First, condition.Second });
        return values.Count(value => value?.Query is not null)
            + new[] { query.Intersect, query.Union, query.Except }.Count(operation => operation is not null);
    }

    private static int CountOthers(SpiderQuery query)
    {
        var aggregates = query.Select.Count(unit => unit.Aggregate is not "none")
            + query.Where.Conditions.Count(condition => condition.Not)
            + query.GroupBy.Count(IsAggregate)
            + query.OrderBy.Count(unit => IsAggregate(unit.First))
            + query.OrderBy.Count(unit => unit.Second is not null && IsAggregate(unit.Second))
            + query.Having.Conditions.Count(condition => condition.Not)
            + query.Having.Connectors.Count;
        return (aggregates > 1 ? 1 : 0)
            + (query.Select.Count > 1 ? 1 : 0)
            + (query.Where.Conditions.Count > 1 ? 1 : 0)
            + (query.GroupBy.Count > 1 ? 1 : 0);
    }

    private static bool IsAggregate(ColumnUnit unit) => unit.Aggregate is not "none";
}
