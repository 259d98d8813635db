using System.Globalization;
using System.Text;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;

namespace TaskServices.TextToSql.Sql.Translation;

internal sealed partial class SqlTranslator
{
    private BinaryExpression Comparison(BinaryExpression e)
    {
        var (left, right) = Comparable(e.Left, e.Right, e.Operator);
        return e with { Left = left, Right = right };
    }

    /// <summary>
    /// Writes two sides so that a strict engine compares them as SQLite does by their affinity
    /// (sqlite.org/datatype3.html, section 4.2): a text column against a number as texts, a number column against a text as numbers.
    /// </summary>
    private (Expression Left, Expression Right) Comparable(Expression left, Expression right, BinaryOperator op)
    {
        if (left is RowExpression || right is RowExpression)
            return (Value(left), Value(right));
        var (kind, other) = (KindOf(left), KindOf(right));

        // MySQL's usual collations ignore case and spaces at the end; SQLite compares the bytes.
        if (_to is SqlDialect.MySql && op is BinaryOperator.Equal or BinaryOperator.NotEqual && kind is ValueKind.Text && other is ValueKind.Text)
        {
            if (right is StringLiteral)
                return (Value(left), new CastExpression(right, new("blob", [])));
            if (left is StringLiteral)
                return (new CastExpression(left, new("blob", [])), Value(right));
        }

        return (Side(left, kind, right, other, op), Side(right, other, left, kind, op));
    }

    private Expression Side(Expression side, ValueKind kind, Expression against, ValueKind other, BinaryOperator op)
    {
        // A stored truth value meets 1, 0 or a word for them.
        if (other is ValueKind.Boolean && !IsPredicate(against) && _to is not SqlDialect.MySql && TruthIn(side) is { } truth)
            return _to is SqlDialect.SqlServer ? new NumberLiteral(truth ? "1" : "0") : new BooleanLiteral(truth);
        if (kind is ValueKind.Boolean && !IsPredicate(side) && TruthIn(against) is not null)
            return Value(side);
        if (kind is ValueKind.Boolean && !IsPredicate(side) && ValueKinds.IsNumber(other))
            return Number(side);
        if (kind is ValueKind.Boolean && other is ValueKind.Text)
            return TextOf(side);

        if (ValueKinds.IsTime(kind) && other is ValueKind.Text)
            return against is StringLiteral literal && IsTimeText(literal.Value, kind, op) ? Value(side) : TextOf(side);
        if (kind is ValueKind.Text && ValueKinds.IsTime(other))
            return Value(side);

        if (kind is ValueKind.Text && ValueKinds.IsNumber(other))
        {
            // The number's column decides, unless the text is the only column.
            if (side is StringLiteral literal)
                return HasAffinity(against) ? NumberIn(literal.Value) ?? Value(side) : Value(side);
            return HasAffinity(against) && HasAffinity(side) ? Number(side) : Value(side);
        }

        if (ValueKinds.IsNumber(kind) && other is ValueKind.Text)
        {
            if (against is StringLiteral literal)
                return HasAffinity(side) && NumberIn(literal.Value) is not null ? Value(side) : TextOf(side);
            return HasAffinity(side) && HasAffinity(against) ? Value(side) : TextOf(side);
        }

        return Value(side);
    }

    /// <summary>Columns and casts have an affinity; computed values have none.</summary>
    private static bool HasAffinity(Expression expression) => expression switch
    {
        ColumnReference or CastExpression => true,
        FunctionCall { Name: FunctionKinds.BareColumn } => true,
        CollateExpression collate => HasAffinity(collate.Operand),
        SubqueryExpression { Query.Body: SelectBody { Items: [ExpressionItem item] } } => HasAffinity(item.Expression),
        _ => false,
    };

    private static bool? TruthIn(Expression expression) => expression switch
    {
        NumberLiteral { Text: "1" } => true,
        NumberLiteral { Text: "0" } => false,
        BooleanLiteral literal => literal.Value,
        StringLiteral literal => literal.Value.ToUpperInvariant() switch
        {
            "1" or "T" or "TRUE" or "Y" or "YES" => true,
            "0" or "F" or "FALSE" or "N" or "NO" => false,
            _ => null,
        },
        _ => null,
    };

    /// <summary>Gets whether comparing as times gives what comparing the texts gives.</summary>
    private static bool IsTimeText(string text, ValueKind kind, BinaryOperator op) => kind switch
    {
        ValueKind.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ValueKind.Timestamp => DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            || (op is BinaryOperator.GreaterOrEqual or BinaryOperator.Less && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)),
        _ => TimeOnly.TryParseExact(text, "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
    };

    private Expression Between(BetweenExpression e)
    {
        var (low, _) = Comparable(e.Operand, e.Low, BinaryOperator.GreaterOrEqual);
        var (high, _) = Comparable(e.Operand, e.High, BinaryOperator.LessOrEqual);
        if (low.Equals(high))
            return new BetweenExpression(low, Comparable(e.Operand, e.Low, BinaryOperator.GreaterOrEqual).Right, Comparable(e.Operand, e.High, BinaryOperator.LessOrEqual).Right, e.Negated);
        var both = new BinaryExpression(
            BinaryOperator.And, Comparison(new(BinaryOperator.GreaterOrEqual, e.Operand, e.Low)), Comparison(new(BinaryOperator.LessOrEqual, e.Operand, e.High)));
        return e.Negated ? new UnaryExpression(UnaryOperator.Not, both) : both;
    }

    private Expression InList(InListExpression e)
    {
        if (e.Operand is RowExpression)
            return e with { Operand = Value(e.Operand), Items = List(e.Items, Value) };
        var pairs = e.Items.Select(item => Comparable(e.Operand, item, BinaryOperator.Equal)).ToList();
        if (pairs.All(pair => pair.Left.Equals(pairs[0].Left)))
            return new InListExpression(pairs[0].Left, [.. pairs.Select(pair => pair.Right)], e.Negated);
        var any = pairs.Select(pair => (Expression)new BinaryExpression(BinaryOperator.Equal, pair.Left, pair.Right))
            .Aggregate((left, right) => new BinaryExpression(BinaryOperator.Or, left, right));
        return e.Negated ? new UnaryExpression(UnaryOperator.Not, any) : any;
    }

    private InQueryExpression InQuery(InQueryExpression e)
    {
        var query = Rewrite(e.Query, Use.Membership);
        if (FirstItem(e.Query.Body) is not { } item || e.Operand is RowExpression || _to is SqlDialect.MySql)
            return e with { Operand = Value(e.Operand), Query = query };
        var (kind, other) = (KindOf(e.Operand), KindOf(item));
        Expression operand;
        if (kind is ValueKind.Text && ValueKinds.IsNumber(other))
            operand = HasAffinity(e.Operand) ? Number(e.Operand) : Value(e.Operand);
        else if (other is ValueKind.Text && kind is not (ValueKind.Text or ValueKind.Unknown))
            operand = TextOf(e.Operand);
        else
            operand = Value(e.Operand);
        return e with { Operand = operand, Query = query };
    }

    private static Expression? FirstItem(QueryBody body) => body switch
    {
        SelectBody { Items: [ExpressionItem item, ..] } => item.Expression,
        SetOperation operation => FirstItem(operation.Left),
        NestedQuery nested => FirstItem(nested.Query.Body),
        _ => null,
    };

    /// <summary>LIKE is without case on SQLite, and has no escape unless it says so.</summary>
    private LikeExpression Like(LikeExpression e)
    {
        var operand = TextOf(e.Operand);
        var pattern = TextOf(e.Pattern);
        if (e.Kind is PatternKind.Glob)
            return Glob(e, operand);
        if (e.Kind is not PatternKind.Like)
            return e with { Operand = operand, Pattern = pattern };
        if (e.Escape is null && pattern is StringLiteral { Value: var text } && text.Contains('\\', StringComparison.Ordinal) && Is(SqlDialect.Postgres, SqlDialect.MySql))
            pattern = new StringLiteral(text.Replace("\\", "\\\\", StringComparison.Ordinal));
        if (Is(SqlDialect.Postgres, SqlDialect.DuckDb))
            return new LikeExpression(PatternKind.ILike, operand, pattern, e.Escape is null ? null : Value(e.Escape), e.Negated);
        return new LikeExpression(PatternKind.Like, Lower(operand), Lower(pattern), e.Escape is null ? null : Value(e.Escape), e.Negated);
    }

#pragma warning disable CA1308 // The engines fold to lower case.
    private static Expression Lower(Expression expression) => expression is StringLiteral literal
        ? new StringLiteral(literal.Value.ToLowerInvariant()) : new FunctionCall("lower", [expression]);
#pragma warning restore CA1308

    private LikeExpression Glob(LikeExpression e, Expression operand)
    {
        if (_to is SqlDialect.DuckDb)
            return e with { Operand = operand, Pattern = Value(e.Pattern) };
        if (e.Pattern is not StringLiteral { Value: var glob } || glob.Contains('[', StringComparison.Ordinal) || _to is not SqlDialect.Postgres)
            throw NotExpressible("GLOB");
        var pattern = new StringBuilder();
        foreach (var c in glob)
            pattern.Append(c switch { '*' => "%", '?' => "_", '%' or '_' or '\\' => "\\" + c, _ => c.ToString() });
        return new(PatternKind.Like, operand, new StringLiteral(pattern.ToString()), null, e.Negated);
    }
}
