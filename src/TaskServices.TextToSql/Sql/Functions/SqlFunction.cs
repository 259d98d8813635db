using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Sql.Functions;

internal enum FunctionKind
{
    Scalar,
    Aggregate,
    Window,
}

/// <summary>When a function's result is NULL.</summary>
internal enum NullBehaviour
{
    /// <summary>Where any argument is.</summary>
    AnyArgument,

    /// <summary>An aggregate that leaves NULLs out: where no value is left.</summary>
    NoValues,

    /// <summary>Where the first argument is, or all are.</summary>
    FirstArgument,

    /// <summary>By a rule of its own, which the meaning says.</summary>
    Own,

    Never,
}

/// <summary>A function that queries may use, by its meaning.</summary>
/// <param name="Name">The one name that it has in the AST.</param>
/// <param name="Arguments">Kinds of the arguments, one letter each.</param>
/// <param name="Type">Kind of the result; null = that of the first argument.</param>
/// <param name="Words">How each dialect that has it spells it: the first word is printed, all are read.</param>
internal sealed record SqlFunction(
    string Name, FunctionKind Kind, string Arguments, int MinimumArguments, int MaximumArguments, ColumnType? Type, NullBehaviour Nulls,
    IReadOnlyDictionary<SqlDialect, string[]> Words, string Meaning)
{
    /// <summary>Gets the kind of an argument: n(umber), t(ext), d(ate), b (truth), j (JSON), x (any).</summary>
    public char ArgumentKind(int index) => Arguments.Length is 0 ? 'x' : Arguments[Math.Min(index, Arguments.Length - 1)];

    public bool Exists(SqlDialect dialect) => Words.ContainsKey(dialect);
}
