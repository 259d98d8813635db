namespace TaskServices.TextToSql.Sql.Ast;

/// <summary>A whole query: common tables, a body, its order and its bounds.</summary>
public sealed record Query(QueryBody Body) : SqlNode
{
    public EquatableList<CommonTable> CommonTables { get; init; } = [];

    /// <summary>Gets whether the list of common tables is marked RECURSIVE (SQL Server never writes the word).</summary>
    public bool IsRecursive { get; init; }

    public EquatableList<OrderItem> OrderBy { get; init; } = [];

    /// <summary>Gets whether rows are ordered by every output column (<c>ORDER BY ALL</c>).</summary>
    public bool OrderByAll { get; init; }

    public Expression? Limit { get; init; }

    /// <summary>Gets how many rows are skipped (OFFSET).</summary>
    public Expression? Skip { get; init; }

    /// <summary>Gets whether rows that tie with the last one are kept too (<c>WITH TIES</c>).</summary>
    public bool WithTies { get; init; }

    /// <summary>Gets whether the limit was read from a TOP, whose ORDER BY is still to come.</summary>
    internal bool IsTop { get; init; }

    /// <summary>Gets whether the query is its body and nothing else.</summary>
    public bool IsPlain =>
        CommonTables.Count == 0 && OrderBy.Count == 0 && !OrderByAll && Limit is null && Skip is null;
}

/// <summary>A common table expression: <c>name (columns) AS (query)</c>.</summary>
public sealed record CommonTable(string Name, EquatableList<string> Columns, Query Query) : SqlNode;

/// <summary>One term of an ORDER BY.</summary>
/// <param name="NullsFirst">Where NULL sorts if the text says so; null = as the dialect does.</param>
public sealed record OrderItem(Expression Expression, bool Descending = false, bool? NullsFirst = null) : SqlNode;

/// <summary>What a query computes before ordering: a SELECT, a set operation, rows of values, or a query in parentheses.</summary>
public abstract record QueryBody : SqlNode;

/// <summary>One SELECT … FROM … WHERE … GROUP BY … HAVING.</summary>
public sealed record SelectBody(EquatableList<SelectItem> Items) : QueryBody
{
    public bool Distinct { get; init; }

    /// <summary>Gets the expressions of <c>DISTINCT ON (…)</c>; empty where there are none.</summary>
    public EquatableList<Expression> DistinctOn { get; init; } = [];

    /// <summary>Gets the comma-separated sources; empty where there is no FROM.</summary>
    public EquatableList<TableSource> From { get; init; } = [];

    public Expression? Where { get; init; }

    public EquatableList<Expression> GroupBy { get; init; } = [];

    /// <summary>Gets whether rows are grouped by every item without an aggregate (<c>GROUP BY ALL</c>).</summary>
    public bool GroupByAll { get; init; }

    public Expression? Having { get; init; }

    public Expression? Qualify { get; init; }

    public EquatableList<NamedWindow> Windows { get; init; } = [];
}

/// <summary>UNION, INTERSECT or EXCEPT of two bodies.</summary>
public sealed record SetOperation(SetOperator Operator, bool All, QueryBody Left, QueryBody Right) : QueryBody;

public enum SetOperator
{
    Union,
    Intersect,
    Except,
}

/// <summary>Rows of values.</summary>
public sealed record ValuesBody(EquatableList<RowExpression> Rows) : QueryBody;

/// <summary>A query with its own order or bounds as an operand of a set operation. A plain query is never wrapped.</summary>
public sealed record NestedQuery(Query Query) : QueryBody;

/// <summary>One item of the SELECT list.</summary>
public abstract record SelectItem : SqlNode;

/// <summary><c>expression AS alias</c>.</summary>
public sealed record ExpressionItem(Expression Expression, string? Alias = null) : SelectItem;

/// <summary><c>*</c> or <c>table.*</c>.</summary>
public sealed record StarItem(string? Table = null) : SelectItem;

/// <summary>A window with a name: <c>WINDOW name AS (…)</c>.</summary>
public sealed record NamedWindow(string Name, WindowSpecification Window) : SqlNode;
