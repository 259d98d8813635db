using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>The kind of value that an expression has.</summary>
internal static class SqlTyping
{
    public static ColumnType TypeOf(Expression expression, Func<ColumnReference, ColumnType?> columnType) => expression switch
    {
        NumberLiteral or ExtractExpression or UnaryExpression { Operator: not UnaryOperator.Not } => ColumnType.Number,
        StringLiteral => ColumnType.Text,
        BooleanLiteral or IsNullExpression or IsTruthExpression or IsDistinctExpression or BetweenExpression or LikeExpression or InListExpression
            or InQueryExpression or ExistsExpression or QuantifiedExpression or UnaryExpression => ColumnType.Boolean,
        TemporalLiteral or AtTimeZoneExpression => ColumnType.Time,
        ColumnReference reference => columnType(reference) ?? ColumnType.Other,
        CollateExpression collate => TypeOf(collate.Operand, columnType),
        BinaryExpression binary => TypeOf(binary, columnType),
        CastExpression cast => TypeOf(cast.Type),
        CaseExpression choice => TypeOf(choice.Branches[0].Result, columnType) is var type && type is not ColumnType.Other || choice.Else is null
            ? TypeOf(choice.Branches[0].Result, columnType)
            : TypeOf(choice.Else, columnType),
        FunctionCall call => SqlFunctions.Find(call.Name)?.Type
            ?? (call.Arguments.Count > 0 ? TypeOf(call.Arguments[0], columnType) : ColumnType.Other),
        SubqueryExpression { Query.Body: SelectBody { Items: [ExpressionItem item, ..] } } => TypeOf(item.Expression, columnType),
        _ => ColumnType.Other,
    };

    private static ColumnType TypeOf(SqlTypeName type) => type.Name switch
    {
        "smallint" or "integer" or "bigint" or "real" or "double" or "decimal" => ColumnType.Number,
        "boolean" => ColumnType.Boolean,
        "date" or "time" or "timestamp" or "timestamptz" => ColumnType.Time,
        "text" or "varchar" or "char" => ColumnType.Text,
        _ => ColumnType.Other,
    };

    private static ColumnType TypeOf(BinaryExpression binary, Func<ColumnReference, ColumnType?> columnType)
    {
        switch (binary.Operator)
        {
            case BinaryOperator.Concat or BinaryOperator.JsonGetText:
                return ColumnType.Text;
            case BinaryOperator.JsonGet:
                return ColumnType.Other;
            case BinaryOperator.Add or BinaryOperator.Subtract
                when binary.Left is IntervalExpression || binary.Right is IntervalExpression || TypeOf(binary.Left, columnType) is ColumnType.Time:
                return TypeOf(binary.Right, columnType) is ColumnType.Time && binary.Left is not IntervalExpression ? ColumnType.Number : ColumnType.Time;
            case BinaryOperator.Or or BinaryOperator.And or BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less
                or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual:
                return ColumnType.Boolean;
            default:
                return ColumnType.Number;
        }
    }
}
