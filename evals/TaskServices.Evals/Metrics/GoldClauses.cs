namespace TaskServices.Evals.Metrics;

/// <summary>Names the clauses of a query for breakdowns, from its keywords outside strings; works for any dialect.</summary>
internal static class GoldClauses
{
    public static IReadOnlyList<string> Of(string sql)
    {
        var words = SqlText.Keywords(sql);
        var setOperations = words.Count(word => word is "union" or "intersect" or "except");
        var clauses = new List<string>();
        Add("join", words.Contains("join"));
        Add("nested", words.Count(word => word is "select") > 1 + setOperations);
        Add("set", setOperations > 0);
        Add("group", words.Contains("group"));
        Add("having", words.Contains("having"));
        Add("order", words.Contains("order"));
        Add("limit", words.Contains("limit"));
        Add("distinct", words.Contains("distinct"));
        return clauses.Count == 0 ? ["plain"] : clauses;

        void Add(string clause, bool present)
        {
            if (present)
                clauses.Add(clause);
        }
    }
}
