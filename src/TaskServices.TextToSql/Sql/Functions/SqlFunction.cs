using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Sql.Functions;

internal enum FunctionKind
{
    Scalar,
    Aggregate,
    Window,
}

/// <summary>A function that queries may use, by its meaning.</summary>
/// <param name="Name">The one name that it has in the AST.</param>
/// <param name="Type">Kind of the result; null = that of the first argument.</param>
/// <param name="Spellings">How each dialect that has it writes it.</param>
internal sealed record SqlFunction(
    string Name, FunctionKind Kind, int MinimumArguments, int MaximumArguments, ColumnType? Type, IReadOnlyDictionary<SqlDialect, string> Spellings);
