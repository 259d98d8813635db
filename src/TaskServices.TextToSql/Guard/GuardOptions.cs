namespace TaskServices.TextToSql.Guard;

/// <summary>Bounds that the guard puts on a query.</summary>
public sealed record GuardOptions
{
    public static GuardOptions Default { get; } = new();

    /// <summary>Gets the LIMIT that the executable text gets; a smaller one of the query stays. 0 adds none.</summary>
    public int RowLimit { get; init; } = 1_000;

    /// <summary>Gets how many tables may stand in the statement, in all its subqueries together.</summary>
    public int MaxTables { get; init; } = 32;

    /// <summary>Gets how many joins may lack an equality between their sides.</summary>
    public int MaxUnconstrainedJoins { get; init; } = 2;

    /// <summary>Gets how many steps a recursion with a counter may take.</summary>
    public int MaxRecursionSteps { get; init; } = 1_000;
}

/// <summary>A verdict, with the bound query where the statement was accepted.</summary>
/// <param name="Query">The query for explanations: as it is re-printed, but without row policies and an added LIMIT; null when refused.</param>
public sealed record GuardResult(GuardVerdict Verdict, Sql.Ast.Query? Query)
{
    /// <summary>Gets the query that was accepted.</summary>
    /// <exception cref="TextToSqlException">Reason <c>SQL_REFUSED</c>: it was not.</exception>
    internal Sql.Ast.Query Require() =>
        Query ?? throw new TextToSqlException("SQL_REFUSED", $"The statement was refused ({Verdict.Reason}): {Verdict.Message}");
}
