using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Sql.Translation;

internal sealed partial class SqlTranslator
{
    /// <summary>Marks the bare columns of an expression: those that are neither grouped by nor inside an aggregate.</summary>
    private Expression Grouped(Expression expression) =>
        _grouping.Kind is GroupingKind.Plain ? expression : new BareColumns(_grouping).Rewrite(expression);

    /// <summary>Writes a bare column's value: any of the group's, and with one min or max the value beside it.</summary>
    private Expression AnyValue(Expression column)
    {
        var value = Rewrite(column);
        var beside = _grouping.Extreme is { Arguments: [var measure] } ? Rewrite(measure) : null;
        var descending = _grouping.Extreme?.Name is "max";
        switch (_to)
        {
            case SqlDialect.Postgres:
                return new FunctionCall("any_value", [value])
                {
                    OrderBy = beside is null ? [] : [new OrderItem(beside, descending, NullsFirst: false)],
                };
            case SqlDialect.DuckDb:
                return beside is null ? new FunctionCall("any_value", [value]) : new FunctionCall(descending ? "arg_max" : "arg_min", [value, beside]);
            case SqlDialect.MySql when beside is not null:
                // The first of the values in order; the separator cannot stand in a name or number.
                var first = new FunctionCall("substring_index", [
                    new FunctionCall("group_concat", [value, new StringLiteral("\u001F")]) { OrderBy = [new OrderItem(beside, descending)] },
                    new StringLiteral("\u001F"), new NumberLiteral("1")]);
                return ValueKinds.IsNumber(KindOf(column)) ? new BinaryExpression(BinaryOperator.Add, first, new NumberLiteral("0")) : first;
            default:
                return new FunctionCall("min", [value]);
        }
    }

    private sealed class BareColumns(Grouping grouping) : SqlRewriter
    {
        public override Expression Rewrite(Expression expression)
        {
            if (grouping.Terms.Any(term => term.Equals(expression)))
                return expression;
            if (expression is FunctionCall { Over: null } call && SqlFunctions.IsAggregate(call.Name))
                return expression;
            if (expression is ColumnReference reference && (reference.Table is null || grouping.Tables.Contains(reference.Table)))
                return new FunctionCall(FunctionKinds.BareColumn, [expression]);
            return base.Rewrite(expression);
        }

        public override Query Rewrite(Query query) => query;
    }
}
