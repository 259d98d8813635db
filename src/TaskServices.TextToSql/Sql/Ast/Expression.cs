namespace TaskServices.TextToSql.Sql.Ast;

/// <summary>Anything with a value.</summary>
public abstract record Expression : SqlNode;

/// <summary>A column by its name.</summary>
/// <param name="Table">Table name or alias before the column, or null.</param>
/// <param name="Schema">Qualifier before the table, or null.</param>
public sealed record ColumnReference(string Name, string? Table = null, string? Schema = null) : Expression
{
    private readonly NotCompared<bool> _isDoubleQuoted;

    /// <summary>Gets whether the name stood in double quotes: SQLite takes it for a string where no such column exists.</summary>
    public bool IsDoubleQuoted
    {
        get => _isDoubleQuoted.Value;
        init => _isDoubleQuoted = new(value);
    }
}

/// <summary>A value given by the caller: <c>:name</c>. Names are without the mark.</summary>
public sealed record ParameterExpression(string Name) : Expression;

public sealed record UnaryExpression(UnaryOperator Operator, Expression Operand) : Expression;

public enum UnaryOperator
{
    Negate,
    Plus,
    Not,
    BitNot,
}

public sealed record BinaryExpression(BinaryOperator Operator, Expression Left, Expression Right) : Expression;

public enum BinaryOperator
{
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    BitAnd,
    BitOr,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,

    /// <summary>Division as the dialect does it: of integers it truncates except on MySQL and DuckDB.</summary>
    Divide,

    /// <summary>Division that truncates (<c>DIV</c>, <c>//</c>).</summary>
    DivideIntegers,
    Modulo,
    Concat,

    /// <summary>JSON access that gives JSON (<c>-></c>).</summary>
    JsonGet,

    /// <summary>JSON access that gives text (<c>->></c>).</summary>
    JsonGetText,
}

/// <summary><c>operand IS [NOT] NULL</c>.</summary>
public sealed record IsNullExpression(Expression Operand, bool Negated = false) : Expression;

/// <summary><c>operand IS [NOT] TRUE</c> or <c>FALSE</c>.</summary>
public sealed record IsTruthExpression(Expression Operand, bool Truth, bool Negated = false) : Expression;

/// <summary><c>left IS [NOT] DISTINCT FROM right</c>; SQLite's <c>IS</c> and MySQL's <c>&lt;=&gt;</c> are the negated form.</summary>
public sealed record IsDistinctExpression(Expression Left, Expression Right, bool Negated = false) : Expression;

public sealed record BetweenExpression(Expression Operand, Expression Low, Expression High, bool Negated = false) : Expression;

/// <summary>A pattern match.</summary>
public sealed record LikeExpression(
    PatternKind Kind, Expression Operand, Expression Pattern, Expression? Escape = null, bool Negated = false) : Expression;

public enum PatternKind
{
    Like,

    /// <summary>LIKE without case (PostgreSQL, DuckDB).</summary>
    ILike,
    Glob,

    /// <summary>Regular expression (<c>REGEXP</c>, <c>~</c>).</summary>
    Regexp,
}

public sealed record InListExpression(Expression Operand, EquatableList<Expression> Items, bool Negated = false) : Expression;

public sealed record InQueryExpression(Expression Operand, Query Query, bool Negated = false) : Expression;

public sealed record ExistsExpression(Query Query) : Expression;

/// <summary>A query in parentheses as a value.</summary>
public sealed record SubqueryExpression(Query Query) : Expression;

/// <summary><c>left operator ANY (query)</c> or <c>ALL</c>.</summary>
public sealed record QuantifiedExpression(Expression Left, BinaryOperator Operator, bool All, Query Query) : Expression;

/// <summary>Several values in parentheses.</summary>
public sealed record RowExpression(EquatableList<Expression> Items) : Expression;

public sealed record CaseExpression(Expression? Operand, EquatableList<CaseBranch> Branches, Expression? Else = null) : Expression;

/// <summary><c>WHEN condition THEN result</c>.</summary>
public sealed record CaseBranch(Expression Condition, Expression Result) : SqlNode;

/// <param name="Try">Whether a failed conversion gives NULL (TRY_CAST).</param>
public sealed record CastExpression(Expression Operand, SqlTypeName Type, bool Try = false) : Expression;

/// <summary>A type by its name in lower case, with its arguments: <c>decimal(10, 2)</c>.</summary>
public sealed record SqlTypeName(string Name, EquatableList<int> Arguments) : SqlNode;

public sealed record CollateExpression(Expression Operand, string Collation) : Expression;

/// <summary><c>EXTRACT(field FROM operand)</c>: a part of a date or time, as a number.</summary>
public sealed record ExtractExpression(DatePart Part, Expression Operand) : Expression;

/// <summary>Parts and units of dates and times.</summary>
public enum DatePart
{
    Year,
    Quarter,
    Month,
    Week,
    Day,

    /// <summary>0 = Sunday to 6.</summary>
    DayOfWeek,

    /// <summary>1 to 366.</summary>
    DayOfYear,
    Hour,
    Minute,
    Second,

    /// <summary>Seconds since 1970-01-01 UTC.</summary>
    Epoch,
}

public sealed record AtTimeZoneExpression(Expression Operand, Expression Zone) : Expression;
