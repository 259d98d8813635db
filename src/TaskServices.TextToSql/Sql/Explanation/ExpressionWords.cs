using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Sql.Explanation;

/// <summary>Expressions in words; what has no better words stands as SQL.</summary>
internal static class ExpressionWords
{
    public static string Name(string name) => name.Replace('_', ' ');

    public static string Join(IEnumerable<string> parts)
    {
        var list = parts.ToList();
        return list.Count < 2 ? string.Concat(list) : string.Join(", ", list.Take(list.Count - 1)) + " and " + list[^1];
    }

    public static string Of(Expression expression) => expression switch
    {
        ColumnReference { Table: null } column => Name(column.Name),
        ColumnReference column => $"{Name(column.Table)}’s {Name(column.Name)}",
        StringLiteral text => $"“{text.Value}”",
        NumberLiteral number => number.Text,
        NullLiteral => "nothing",
        BinaryExpression { Operator: BinaryOperator.And } e => $"{Operand(e.Left)} and {Operand(e.Right)}",
        BinaryExpression { Operator: BinaryOperator.Or } e => $"either {Operand(e.Left)} or {Operand(e.Right)}",
        BinaryExpression e when Word(e.Operator) is { } word => $"{Of(e.Left)} {word} {Of(e.Right)}",
        UnaryExpression { Operator: UnaryOperator.Not, Operand: ExistsExpression e } => $"there is no row when it {SqlExplanation.Clause(e.Query)}",
        UnaryExpression { Operator: UnaryOperator.Not } e => $"it is not so that {Of(e.Operand)}",
        ExistsExpression e => $"there is a row when it {SqlExplanation.Clause(e.Query)}",
        IsNullExpression e => Of(e.Operand) + (e.Negated ? " is known" : " is missing"),
        BetweenExpression e => $"{Of(e.Operand)} is {(e.Negated ? "not " : "")}between {Of(e.Low)} and {Of(e.High)}",
        LikeExpression e => $"{Of(e.Operand)} {(e.Negated ? "does not match" : "matches")} the pattern {Of(e.Pattern)}",
        InListExpression e => $"{Of(e.Operand)} is {(e.Negated ? "none" : "one")} of {Join(e.Items.Select(Of))}",
        InQueryExpression e => $"{Of(e.Operand)} is {(e.Negated ? "not " : "")}among the values that it finds when it {SqlExplanation.Clause(e.Query)}",
        SubqueryExpression e => $"the value found when it {SqlExplanation.Clause(e.Query)}",
        CastExpression e => Of(e.Operand),
        ExtractExpression e => $"the {e.Part.ToString().ToLowerInvariant()} of {Of(e.Operand)}",
        FunctionCall { Over: null, Filter: null, WithinGroup.Count: 0 } call when Call(call) is { } words => words,
        _ => AsSql(expression),
    };

    private static string AsSql(Expression expression)
    {
        try
        {
            return SqlPrinter.Print(expression, SqlDialect.DuckDb);
        }
        catch (TextToSqlException)
        {
            return "a computed value";
        }
    }

    private static string Operand(Expression expression) =>
        expression is BinaryExpression { Operator: BinaryOperator.Or } ? $"({Of(expression)})" : Of(expression);

    private static string? Word(BinaryOperator op) => op switch
    {
        BinaryOperator.Equal => "is",
        BinaryOperator.NotEqual => "is not",
        BinaryOperator.Less => "is less than",
        BinaryOperator.LessOrEqual => "is at most",
        BinaryOperator.Greater => "is more than",
        BinaryOperator.GreaterOrEqual => "is at least",
        _ => null,
    };

    private static string? Call(FunctionCall call)
    {
        if (call is { Name: "count", Star: true })
            return "the number of rows";
        var word = call.Name switch
        {
            "count" => "the number of ",
            "sum" or "total" => "the sum of ",
            "avg" => "the average of ",
            "min" => "the lowest ",
            "max" => "the highest ",
            _ => null,
        };
        return word is null || call.Arguments.Count is not 1 ? null : word + (call.Distinct ? "different " : "") + Of(call.Arguments[0]);
    }
}
