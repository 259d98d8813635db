using System.Text;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Explanation;

/// <summary>Says in words what a query does, from its AST alone: the same query always gives the same words.</summary>
public static class SqlExplanation
{
    /// <summary>Explains a query for a reader who knows the business and not SQL.</summary>
    /// <param name="schema">Gives readable names: words instead of underscores.</param>
    public static string Explain(Query query, DatabaseSchema schema)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(schema);
        var text = new StringBuilder();
        foreach (var table in query.CommonTables)
            text.Append($"First works out “{ExpressionWords.Name(table.Name)}”: {Sentence(table.Query)} ");
        var sentence = Sentence(query);
        text.Append(char.ToUpperInvariant(sentence[0])).Append(sentence.AsSpan(1));
        return text.ToString();
    }

    internal static string Sentence(Query query) => Clause(query) + ".";

    internal static string Clause(Query query)
    {
        var text = new StringBuilder(Body(query.Body));
        if (query.OrderBy.Count > 0)
            text.Append(", ordered by ").Append(ExpressionWords.Join(query.OrderBy.Select(item => Output(item.Expression, query.Body) + (item.Descending ? ", highest first" : ", lowest first"))));
        else if (query.OrderByAll)
            text.Append(", ordered by every column");
        if (query.Skip is not null)
            text.Append(", skipping the first ").Append(ExpressionWords.Of(query.Skip));
        if (query.Limit is not null)
            text.Append(query.Limit is NumberLiteral { Text: "1" } ? ", keeping only the first row" : $", keeping at most {ExpressionWords.Of(query.Limit)} rows");
        return text.ToString();
    }

    private static string Output(Expression expression, QueryBody body)
    {
        var items = (body as SelectBody)?.Items;
        if (items is null)
            return ExpressionWords.Of(expression);
        if (expression is NumberLiteral number && int.TryParse(number.Text, out var position) && position >= 1 && position <= items.Count && items[position - 1] is ExpressionItem item)
            return ExpressionWords.Of(item.Expression);
        return ExpressionWords.Of(expression);
    }

    private static string Body(QueryBody body) => body switch
    {
        SelectBody select => Select(select),
        NestedQuery nested => Clause(nested.Query),
        ValuesBody values => $"gives {values.Rows.Count} fixed rows",
        SetOperation { Operator: SetOperator.Union } union => $"{Body(union.Left)}; together with what {Body(union.Right)}{(union.All ? "" : " (without repeats)")}",
        SetOperation { Operator: SetOperator.Intersect } both => $"{Body(both.Left)}; keeping only what also appears when it {Body(both.Right)}",
        SetOperation except => $"{Body(except.Left)}; leaving out what appears when it {Body(except.Right)}",
        _ => "reads data",
    };

    private static string Select(SelectBody select)
    {
        var text = new StringBuilder();
        var isCount = select.Items is [ExpressionItem { Expression: FunctionCall { Name: "count", Star: true, Filter: null, Over: null } }];
        if (isCount && select.From.Count > 0)
            text.Append("counts the rows of ");
        else
            text.Append("shows ").Append(select.Distinct ? "the different values of " : "").Append(ExpressionWords.Join(select.Items.Select(Item))).Append(select.From.Count > 0 ? " from " : "");
        text.Append(ExpressionWords.Join(select.From.Select(Source)));
        if (select.Where is not null)
            text.Append(", where ").Append(ExpressionWords.Of(select.Where));
        if (select.GroupByAll)
            text.Append(", for each combination of the other columns");
        else if (select.GroupBy.Count > 0)
            text.Append(", for each ").Append(ExpressionWords.Join(select.GroupBy.Select(group => Output(group, select))));
        if (select.Having is not null)
            text.Append(", keeping groups where ").Append(ExpressionWords.Of(select.Having));
        if (select.Qualify is not null)
            text.Append(", keeping rows where ").Append(ExpressionWords.Of(select.Qualify));
        return text.ToString();
    }

    private static string Item(SelectItem item) => item switch
    {
        ExpressionItem { Alias: not null } named => $"{ExpressionWords.Of(named.Expression)} (as {ExpressionWords.Name(named.Alias)})",
        ExpressionItem expression => ExpressionWords.Of(expression.Expression),
        StarItem { Table: not null } star => $"every column of {ExpressionWords.Name(star.Table)}",
        _ => "every column",
    };

    private static string Source(TableSource source) => source switch
    {
        TableReference table => ExpressionWords.Name(table.Name) + (table.Alias is null ? "" : $" ({table.Alias})"),
        DerivedTable derived => $"the result that {Clause(derived.Query)}" + (derived.Alias is null ? "" : $" ({derived.Alias})"),
        JoinedTable join => Source(join.Left) + (join.Kind switch
        {
            JoinKind.Left => ", with matching rows if any of ",
            JoinKind.Right => ", matched to every row of ",
            JoinKind.Full => ", with or without matching rows of ",
            JoinKind.Cross => ", in every combination with ",
            _ => " together with the matching rows of ",
        }) + Source(join.Right) + (join.On is not null ? $" ({ExpressionWords.Of(join.On)})" : join.Using.Count > 0 ? $" (same {ExpressionWords.Join(join.Using.Select(ExpressionWords.Name))})" : ""),
        _ => "a table",
    };
}
