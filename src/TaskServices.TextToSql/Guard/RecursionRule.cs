using System.Globalization;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;

namespace TaskServices.TextToSql.Guard;

/// <summary>A common table may refer to itself only where the guard sees that it ends: a counter with literal start, step and end.</summary>
internal static class RecursionRule
{
    public static void Check(CommonTable table, BoundQuery bound, GuardOptions options)
    {
        var body = table.Query.Body;
        var references = Mentions.Count(body, table.Name);
        if (references is 0)
            return;
        var isBounded = references is 1
            && body is SetOperation { Operator: SetOperator.Union, Left: SelectBody anchor, Right: SelectBody step }
            && Mentions.Count(step, table.Name) is 1
            && step.From is [var source] && Alias(source, table.Name) is { } alias
            && JoinConstraints.CountUnconstrained(step, bound) is 0
            && HasCounter(table, anchor, step, alias, options.MaxRecursionSteps);
        if (!isBounded)
        {
            throw new GuardRefusalException(
                "UNBOUNDED_RECURSION",
                $"The recursion of {table.Name} needs a counter that starts at a number, grows by a number, and ends (SELECT n + 1 … WHERE n < 100), and joins on keys only.");
        }
    }

    private static string? Alias(TableSource source, string name) => source switch
    {
        TableReference table => table.Name.Equals(name, StringComparison.OrdinalIgnoreCase) ? table.ExposedName : null,
        JoinedTable { Kind: JoinKind.Inner } join => Alias(join.Left, name) ?? Alias(join.Right, name),
        _ => null,
    };

    private static bool HasCounter(CommonTable table, SelectBody anchor, SelectBody step, string alias, int maxSteps)
    {
        if (step.Where is null)
            return false;
        for (var i = 0; i < Math.Min(step.Items.Count, anchor.Items.Count); i++)
        {
            var name = table.Columns.Count > i ? table.Columns[i]
                : anchor.Items[i] is ExpressionItem item ? item.Alias : null;
            if (name is null || anchor.Items[i] is not ExpressionItem { Expression: var first } || Number(first) is not { } start
                || step.Items[i] is not ExpressionItem { Expression: BinaryExpression { Operator: BinaryOperator.Add, Left: ColumnReference counter, Right: var by } }
                || !Means(counter, name, alias) || Number(by) is not > 0)
            {
                continue;
            }

            foreach (var condition in JoinConstraints.Conjuncts(step.Where))
            {
                if (condition is BinaryExpression { Operator: BinaryOperator.Less or BinaryOperator.LessOrEqual, Left: ColumnReference bounded, Right: var limit }
                    && Means(bounded, name, alias) && Number(limit) is { } end && (end - start) / Number(by)!.Value <= maxSteps)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Means(ColumnReference reference, string name, string alias) =>
        reference.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && (reference.Table is null || reference.Table.Equals(alias, StringComparison.OrdinalIgnoreCase));

    private static double? Number(Expression expression) => expression switch
    {
        NumberLiteral { IsInteger: true } number when double.TryParse(number.Text, CultureInfo.InvariantCulture, out var value) => value,
        UnaryExpression { Operator: UnaryOperator.Negate, Operand: NumberLiteral } negative => -Number(negative.Operand),
        _ => null,
    };
}
