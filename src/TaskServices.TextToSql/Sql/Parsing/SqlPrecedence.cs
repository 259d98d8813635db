using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>How tightly operators bind, per dialect; higher binds tighter.</summary>
/// <remarks>
/// Where the dialects disagree (concatenation, bit operators, comparisons of comparisons) the printer always writes parentheses, so only
/// the parser needs each dialect's own order.
/// </remarks>
internal static class SqlPrecedence
{
    public const int Or = 1;
    public const int And = 2;
    public const int Not = 3;
    public const int Bit = 7;
    public const int Add = 9;
    public const int Multiply = 10;
    public const int Tight = 11;
    public const int Collate = 12;
    public const int Unary = 13;
    public const int Primary = 15;

    public const int Comparison = 5;

    /// <summary>IS: as = on SQLite, looser elsewhere.</summary>
    public static int Is(SqlDialect dialect) => dialect is SqlDialect.Sqlite ? Comparison : 4;

    /// <summary>IN, LIKE, BETWEEN: as = on SQLite, tighter elsewhere.</summary>
    public static int Like(SqlDialect dialect) => dialect is SqlDialect.Sqlite ? Comparison : 6;

    public static int Of(BinaryOperator op, SqlDialect dialect) => op switch
    {
        BinaryOperator.Or => Or,
        BinaryOperator.And => And,
        BinaryOperator.Equal or BinaryOperator.NotEqual => Comparison,
        BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual =>
            dialect is SqlDialect.Sqlite ? 6 : Comparison,
        BinaryOperator.BitAnd or BinaryOperator.BitOr when dialect is SqlDialect.SqlServer => Add,
        BinaryOperator.BitAnd when dialect is SqlDialect.MySql => Bit + 1,
        BinaryOperator.BitAnd or BinaryOperator.BitOr => Bit,
        BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight => dialect is SqlDialect.MySql ? Bit + 1 : Bit,
        BinaryOperator.Add or BinaryOperator.Subtract => Add,
        BinaryOperator.Concat or BinaryOperator.JsonGet or BinaryOperator.JsonGetText =>
            dialect is SqlDialect.Postgres or SqlDialect.DuckDb ? Bit : Tight,
        _ => Multiply,
    };
}
