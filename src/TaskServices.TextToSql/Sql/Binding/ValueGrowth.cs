using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>How many times longer than a stored value an expression's value may be: texts that are doubled often enough fill any memory.</summary>
internal static class ValueGrowth
{
    /// <summary>What an aggregate over rows may add.</summary>
    private const double Rows = 50;

    public static double Of(Expression expression, Func<ColumnReference, double> column)
    {
        double Growth(Expression operand) => Of(operand, column);
        double Most(IEnumerable<Expression> operands) => operands.Select(Growth).DefaultIfEmpty(1).Max();
        return expression switch
        {
            ColumnReference reference => column(reference),
            BinaryExpression { Operator: BinaryOperator.Concat } binary => Growth(binary.Left) + Growth(binary.Right),
            BinaryExpression { Operator: BinaryOperator.Add } binary => Growth(binary.Left) + Growth(binary.Right) - 1,
            BinaryExpression { Operator: BinaryOperator.JsonGet or BinaryOperator.JsonGetText } binary => Growth(binary.Left),
            FunctionCall { Name: "concat" or "concat_ws" or "printf" } call => call.Arguments.Sum(Growth),
            FunctionCall { Name: "replace" or "translate" or "regexp_replace" or "regexp_replace_all", Arguments: [var text, var what, var by] } =>
                Growth(text) * Growth(by) * (by is StringLiteral b ? Math.Max(1.0, (double)b.Value.Length / (what is StringLiteral { Value.Length: > 0 } w ? w.Value.Length : 1)) : 20),
            FunctionCall { Name: "group_concat" or "array_agg" or "list" or "json_agg" or "json_group_array" or "json_arrayagg" } call => Rows * Most(call.Arguments),
            FunctionCall { Name: "repeat", Arguments: [var text, NumberLiteral times] } => Growth(text) * double.Parse(times.Text, System.Globalization.CultureInfo.InvariantCulture),
            FunctionCall { Name: "hex" } call => 2 * Most(call.Arguments),
            FunctionCall { Name: "length" or "count" or "instr" or "sum" or "avg" } => 1,
            FunctionCall call => Most(call.Arguments),
            CaseExpression choice => Most(choice.Branches.Select(branch => branch.Result).Append(choice.Else ?? new NullLiteral())),
            CastExpression cast => Growth(cast.Operand),
            CollateExpression collate => Growth(collate.Operand),
            SubqueryExpression { Query.Body: SelectBody { Items: [ExpressionItem item, ..] } } => Growth(item.Expression),
            _ => 1,
        };
    }
}
