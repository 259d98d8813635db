namespace TaskServices.TextToSql.Sql.Ast;

/// <summary>What stands in a FROM.</summary>
public abstract record TableSource : SqlNode;

/// <summary>A table, view or common table by its name.</summary>
/// <param name="Schema">Qualifier before the name (<c>main</c>, <c>public</c>, <c>dbo</c>), or null.</param>
public sealed record TableReference(string Name, string? Alias = null, string? Schema = null) : TableSource
{
    /// <summary>Gets the name by which columns refer to the table.</summary>
    public string ExposedName => Alias ?? Name;
}

/// <summary>A query in FROM.</summary>
public sealed record DerivedTable(Query Query, string? Alias = null) : TableSource
{
    /// <summary>Gets new names of the columns; empty where they keep theirs.</summary>
    public EquatableList<string> Columns { get; init; } = [];

    /// <summary>Gets whether the query sees the sources before it (LATERAL, or APPLY on SQL Server).</summary>
    public bool Lateral { get; init; }
}

/// <summary>Two joined sources.</summary>
/// <param name="On">Condition, or null for a cross join, USING or NATURAL.</param>
public sealed record JoinedTable(JoinKind Kind, TableSource Left, TableSource Right, Expression? On = null) : TableSource
{
    public EquatableList<string> Using { get; init; } = [];

    public bool Natural { get; init; }
}

public enum JoinKind
{
    Inner,
    Left,
    Right,
    Full,
    Cross,
}
