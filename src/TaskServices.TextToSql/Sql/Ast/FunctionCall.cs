namespace TaskServices.TextToSql.Sql.Ast;

/// <summary>A call of a scalar, aggregate or window function.</summary>
/// <param name="Name">Name in lower case; what several dialects spell differently has one name here (see the function table).</param>
public sealed record FunctionCall(string Name, EquatableList<Expression> Arguments) : Expression
{
    /// <summary>Gets whether the argument is <c>*</c>, as in <c>count(*)</c>.</summary>
    public bool Star { get; init; }

    public bool Distinct { get; init; }

    /// <summary>Gets the order inside the parentheses of an aggregate.</summary>
    public EquatableList<OrderItem> OrderBy { get; init; } = [];

    /// <summary>Gets the order of <c>WITHIN GROUP (ORDER BY …)</c>.</summary>
    public EquatableList<OrderItem> WithinGroup { get; init; } = [];

    public Expression? Filter { get; init; }

    public bool IgnoreNulls { get; init; }

    public WindowSpecification? Over { get; init; }
}

/// <summary>What stands after OVER: a window's name, or its parts.</summary>
/// <param name="BaseName">Name of a window of the WINDOW clause, alone or refined by the other parts; null where there is none.</param>
public sealed record WindowSpecification(string? BaseName = null) : SqlNode
{
    public EquatableList<Expression> PartitionBy { get; init; } = [];

    public EquatableList<OrderItem> OrderBy { get; init; } = [];

    public WindowFrame? Frame { get; init; }

    /// <summary>Gets whether the window is a name alone (<c>OVER w</c>, not <c>OVER (w)</c>).</summary>
    public bool IsNameOnly => BaseName is not null && PartitionBy.Count == 0 && OrderBy.Count == 0 && Frame is null;
}

/// <summary><c>ROWS BETWEEN start AND end</c>.</summary>
/// <param name="End">Null where only the start is given.</param>
public sealed record WindowFrame(FrameUnit Unit, FrameBound Start, FrameBound? End = null) : SqlNode;

public enum FrameUnit
{
    Rows,
    Range,
    Groups,
}

/// <param name="Amount">Rows or range before or after; null for UNBOUNDED and CURRENT ROW.</param>
public sealed record FrameBound(FrameBoundKind Kind, Expression? Amount = null) : SqlNode;

public enum FrameBoundKind
{
    UnboundedPreceding,
    Preceding,
    CurrentRow,
    Following,
    UnboundedFollowing,
}
