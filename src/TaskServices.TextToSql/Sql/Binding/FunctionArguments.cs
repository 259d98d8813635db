using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>Checks the arguments of a call against the table of functions.</summary>
/// <remarks>SQLite and MySQL turn every value into every kind; the other engines refuse what is refused here, but without saying where.</remarks>
internal static class FunctionArguments
{
    /// <param name="kindOf">Finds the kind of an argument.</param>
    /// <exception cref="SqlBindingException">Reason <c>FUNCTION_NOT_ALLOWED</c> (their number) or <c>ARGUMENT_TYPE</c>.</exception>
    public static void Require(FunctionCall call, Func<Expression, ValueKind> kindOf, SqlDialect dialect)
    {
        if (SqlFunctions.Find(call.Name) is not { } function)
            return; // the guard names it
        var count = call.Arguments.Count;
        var least = call.Name is "count" && !call.Star ? 1 : function.MinimumArguments;
        if (call.Star ? call.Name is not "count" || count > 0 : count < least || count > function.MaximumArguments)
        {
            var expected = least == function.MaximumArguments ? $"{least}" : $"{least} to {function.MaximumArguments}";
            throw new SqlBindingException("FUNCTION_NOT_ALLOWED", $"The function {SqlFunctions.Spell(call.Name, dialect)} does not take {(call.Star ? "*" : count)} arguments; {expected} expected.", call.Offset);
        }

        if (dialect is SqlDialect.Sqlite or SqlDialect.MySql)
            return;
        for (var i = 0; i < count; i++)
        {
            if (call.Arguments[i] is StringLiteral or NullLiteral)
                continue;
            var kind = kindOf(call.Arguments[i]);
            if (Objection(function, function.ArgumentKind(i), kind, dialect) is { } expected)
            {
                throw new SqlBindingException(
                    "ARGUMENT_TYPE", $"The function {SqlFunctions.Spell(call.Name, dialect)} takes {expected} as argument {i + 1}, not {Name(kind)}; write CAST.", call.Arguments[i].Offset);
            }
        }
    }

    private static string? Objection(SqlFunction function, char expected, ValueKind kind, SqlDialect dialect)
    {
        var isStrict = dialect is SqlDialect.Postgres or SqlDialect.DuckDb;
        return expected switch
        {
            'n' when kind is ValueKind.Blob or ValueKind.Json || (isStrict && kind is ValueKind.Text) || (dialect is SqlDialect.Postgres && kind is ValueKind.Boolean)
                || (ValueKinds.IsTime(kind) && !(dialect is SqlDialect.DuckDb && function.Kind is FunctionKind.Aggregate)) => "a number",
            't' when dialect is SqlDialect.Postgres && (ValueKinds.IsNumber(kind) || ValueKinds.IsTime(kind) || kind is ValueKind.Boolean or ValueKind.Json) => "a text",
            'd' when kind is ValueKind.Boolean or ValueKind.Blob or ValueKind.Json || (isStrict && (kind is ValueKind.Text || ValueKinds.IsNumber(kind))) => "a date",
            _ => null,
        };
    }

    private static string Name(ValueKind kind) => kind switch
    {
        ValueKind.Integer or ValueKind.Real or ValueKind.Decimal => "a number",
        ValueKind.Text => "a text",
        ValueKind.Boolean => "a truth value",
        ValueKind.Blob => "bytes",
        ValueKind.Json => "JSON",
        _ => "a date or time",
    };
}
