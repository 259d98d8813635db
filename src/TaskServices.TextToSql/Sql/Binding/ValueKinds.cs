using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>Finds the kind of an expression's value.</summary>
internal static class ValueKinds
{
    public static bool IsNumber(ValueKind kind) => kind is ValueKind.Integer or ValueKind.Real or ValueKind.Decimal;

    public static bool IsTime(ValueKind kind) => kind is ValueKind.Date or ValueKind.Time or ValueKind.Timestamp;

    /// <summary>Reads a column's declared type, as any of the engines or SQLite's affinity rules would.</summary>
    public static ValueKind OfDeclared(string declaredType)
    {
        var end = declaredType.AsSpan().IndexOfAny("( ");
        var word = (end < 0 ? declaredType : declaredType[..end]).ToUpperInvariant();
        if (word is "BOOL" or "BOOLEAN")
            return ValueKind.Boolean;
        if (word is "DATE")
            return ValueKind.Date;
        if (word is "DATETIME" or "DATETIME2" or "SMALLDATETIME" or "TIMESTAMP" or "TIMESTAMPTZ" or "DATETIMEOFFSET")
            return ValueKind.Timestamp;
        if (word is "TIME" or "TIMETZ")
            return ValueKind.Time;
        if (word is "JSON" or "JSONB")
            return ValueKind.Json;
        if (word.Contains("INT", StringComparison.Ordinal) && word is not ("POINT" or "INTERVAL") || word is "SERIAL" or "BIGSERIAL" or "YEAR")
            return ValueKind.Integer;
        if (word.Contains("CHAR", StringComparison.Ordinal) || word.Contains("CLOB", StringComparison.Ordinal) || word.Contains("TEXT", StringComparison.Ordinal))
            return ValueKind.Text;
        if (word.Contains("BLOB", StringComparison.Ordinal) || word.Contains("BINARY", StringComparison.Ordinal) || word is "BYTEA")
            return ValueKind.Blob;
        if (word.Contains("REAL", StringComparison.Ordinal) || word.Contains("FLOA", StringComparison.Ordinal) || word.Contains("DOUB", StringComparison.Ordinal))
            return ValueKind.Real;
        return word.StartsWith("DEC", StringComparison.Ordinal) || word.StartsWith("NUM", StringComparison.Ordinal) || word.Contains("MONEY", StringComparison.Ordinal)
            ? ValueKind.Decimal : ValueKind.Unknown;
    }

    public static ValueKind Of(Expression expression, Func<ColumnReference, ValueKind> column, SqlDialect dialect)
    {
        ValueKind Kind(Expression operand) => Of(operand, column, dialect);
        switch (expression)
        {
            case NumberLiteral number:
                return number.IsInteger ? ValueKind.Integer : dialect is SqlDialect.Sqlite || number.Text.Contains('e', StringComparison.Ordinal) ? ValueKind.Real : ValueKind.Decimal;
            case StringLiteral:
                return ValueKind.Text;
            case BlobLiteral:
                return ValueKind.Blob;
            case TemporalLiteral temporal:
                return temporal.Kind switch { TemporalKind.Date => ValueKind.Date, TemporalKind.Time => ValueKind.Time, _ => ValueKind.Timestamp };
            case ColumnReference reference:
                return column(reference);
            case BooleanLiteral or IsNullExpression or IsTruthExpression or IsDistinctExpression or BetweenExpression or LikeExpression or InListExpression
                or InQueryExpression or ExistsExpression or QuantifiedExpression or UnaryExpression { Operator: UnaryOperator.Not }:
                return ValueKind.Boolean;
            case UnaryExpression unary:
                return Kind(unary.Operand) is var operand && IsNumber(operand) ? operand : ValueKind.Integer;
            case CollateExpression collate:
                return Kind(collate.Operand);
            case ExtractExpression:
                return ValueKind.Integer;
            case CastExpression cast:
                return OfType(cast.Type.Name);
            case CaseExpression choice:
                return choice.Branches.Select(branch => branch.Result).Append(choice.Else ?? new NullLiteral()).Select(Kind)
                    .Aggregate(ValueKind.Unknown, (kind, other) => Wider(kind, other));
            case BinaryExpression binary:
                return OfBinary(binary.Operator, Kind(binary.Left), Kind(binary.Right), dialect);
            case SubqueryExpression { Query.Body: SelectBody { Items: [ExpressionItem item, ..] } }:
                return Kind(item.Expression);
            case FunctionCall call:
                return FunctionKinds.Of(call, [.. call.Arguments.Select(Kind)]);
            default:
                return ValueKind.Unknown;
        }
    }

    public static ValueKind Wider(ValueKind left, ValueKind right) => (left, right) switch
    {
        (ValueKind.Unknown, _) => right,
        (_, ValueKind.Unknown) => left,
        _ when left == right => left,
        _ when IsNumber(left) && IsNumber(right) => left is ValueKind.Real || right is ValueKind.Real ? ValueKind.Real : ValueKind.Decimal,
        _ => ValueKind.Unknown,
    };

    private static ValueKind OfBinary(BinaryOperator op, ValueKind left, ValueKind right, SqlDialect dialect)
    {
        switch (op)
        {
            case BinaryOperator.Or or BinaryOperator.And or BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less or BinaryOperator.LessOrEqual
                or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual:
                return ValueKind.Boolean;
            case BinaryOperator.Concat or BinaryOperator.JsonGetText:
                return ValueKind.Text;
            case BinaryOperator.JsonGet:
                return ValueKind.Json;
            case BinaryOperator.BitAnd or BinaryOperator.BitOr or BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight or BinaryOperator.DivideIntegers:
                return ValueKind.Integer;
            case BinaryOperator.Add or BinaryOperator.Subtract when IsTime(left) || IsTime(right):
                return IsTime(left) && IsTime(right) ? ValueKind.Integer : ValueKind.Timestamp;
            case BinaryOperator.Divide when dialect is SqlDialect.DuckDb:
                return ValueKind.Real;
            default:
                // Booleans count as 0 and 1; texts become numbers that may have a fraction.
                left = left is ValueKind.Boolean ? ValueKind.Integer : left;
                right = right is ValueKind.Boolean ? ValueKind.Integer : right;
                return IsNumber(left) && IsNumber(right) ? Wider(left, right) : ValueKind.Real;
        }
    }

    private static ValueKind OfType(string type) => type switch
    {
        "smallint" or "integer" or "bigint" => ValueKind.Integer,
        "real" or "double" => ValueKind.Real,
        "decimal" => ValueKind.Decimal,
        "boolean" => ValueKind.Boolean,
        "text" or "varchar" or "char" => ValueKind.Text,
        "date" => ValueKind.Date,
        "time" => ValueKind.Time,
        "timestamp" or "timestamptz" => ValueKind.Timestamp,
        "blob" => ValueKind.Blob,
        "json" => ValueKind.Json,
        _ => ValueKind.Unknown,
    };
}
