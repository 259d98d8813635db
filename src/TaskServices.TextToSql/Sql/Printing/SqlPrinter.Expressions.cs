using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Sql.Printing;

public sealed partial class SqlPrinter
{
    private void Write(Expression expression)
    {
        switch (expression)
        {
            case LiteralExpression literal:
                Write(literal);
                break;
            case ColumnReference column:
                if (column.Schema is not null)
                    Qualifier(column.Schema);
                if (column.Table is not null)
                    Qualifier(column.Table);
                Name(column.Name);
                break;
            case ParameterExpression parameter:
                _out.Append(parameter.Name is "?" ? "" : _dialect is SqlDialect.MySql or SqlDialect.SqlServer ? "@" : _dialect is SqlDialect.DuckDb ? "$" : ":");
                _out.Append(parameter.Name);
                break;
            case UnaryExpression unary:
                Write(unary);
                break;
            case BinaryExpression binary:
                Write(binary);
                break;
            case FunctionCall call:
                Write(call);
                break;
            case CaseExpression choice:
                Write(choice);
                break;
            case CastExpression cast:
                WriteCast(cast);
                break;
            case SubqueryExpression subquery:
                Nested(subquery.Query);
                break;
            case ExistsExpression exists:
                _out.Append("EXISTS ");
                Nested(exists.Query);
                break;
            case RowExpression row:
                _out.Append('(');
                List(row.Items, Write);
                _out.Append(')');
                break;
            case IntervalExpression interval:
                WriteInterval(interval);
                break;
            case ExtractExpression extract:
                WriteExtract(extract);
                break;
            default:
                WritePredicate(expression);
                break;
        }
    }

    private void Qualifier(string name)
    {
        Name(name);
        _out.Append('.');
    }

    private void WritePredicate(Expression expression)
    {
        var comparison = SqlPrecedence.Bit;
        switch (expression)
        {
            case IsNullExpression e:
                WriteOperand(e.Operand, comparison);
                _out.Append(e.Negated ? " IS NOT NULL" : " IS NULL");
                break;
            case IsTruthExpression e:
                if (_dialect is SqlDialect.SqlServer)
                    throw NotExpressible("IS TRUE");
                WriteOperand(e.Operand, comparison);
                _out.Append(e.Negated ? " IS NOT " : " IS ").Append(e.Truth ? "TRUE" : "FALSE");
                break;
            case IsDistinctExpression e:
                WriteDistinct(e);
                break;
            case BetweenExpression e:
                WriteOperand(e.Operand, comparison);
                _out.Append(e.Negated ? " NOT BETWEEN " : " BETWEEN ");
                WriteOperand(e.Low, comparison);
                _out.Append(" AND ");
                WriteOperand(e.High, comparison);
                break;
            case LikeExpression e:
                WriteLike(e);
                break;
            case InListExpression e:
                WriteOperand(e.Operand, comparison);
                _out.Append(e.Negated ? " NOT IN (" : " IN (");
                List(e.Items, Write);
                _out.Append(')');
                break;
            case InQueryExpression e:
                WriteOperand(e.Operand, comparison);
                _out.Append(e.Negated ? " NOT IN " : " IN ");
                Nested(e.Query);
                break;
            case QuantifiedExpression e:
                if (_dialect is SqlDialect.Sqlite)
                    throw NotExpressible("ANY and ALL");
                WriteOperand(e.Left, comparison);
                _out.Append(Spelling(e.Operator)).Append(e.All ? "ALL " : "ANY ");
                Nested(e.Query);
                break;
            case CollateExpression e:
                WriteOperand(e.Operand, SqlPrecedence.Primary);
                _out.Append(" COLLATE ");
                Name(e.Collation);
                break;
            case AtTimeZoneExpression e:
                if (_dialect is SqlDialect.Sqlite or SqlDialect.MySql)
                    throw NotExpressible("AT TIME ZONE");
                WriteOperand(e.Operand, SqlPrecedence.Primary);
                _out.Append(" AT TIME ZONE ");
                WriteOperand(e.Zone, SqlPrecedence.Primary);
                break;
            default:
                throw new ArgumentException($"Unknown expression {expression.GetType().Name}.", nameof(expression));
        }
    }

    private void WriteDistinct(IsDistinctExpression e)
    {
        if (_dialect is SqlDialect.MySql && !e.Negated)
            _out.Append("NOT ");
        WriteOperand(e.Left, SqlPrecedence.Bit);
        _out.Append(_dialect switch
        {
            SqlDialect.Sqlite => e.Negated ? " IS " : " IS NOT ",
            SqlDialect.MySql => " <=> ",
            _ => e.Negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ",
        });

        // Bare NULL, TRUE and FALSE after IS are other operators, whatever follows them.
        WriteOperand(e.Right, _dialect is SqlDialect.Sqlite && First(e.Right) is NullLiteral or BooleanLiteral ? SqlPrecedence.Primary + 1 : SqlPrecedence.Bit);
    }

    /// <summary>Gets the expression whose text an expression begins with.</summary>
    private static Expression First(Expression expression) => expression switch
    {
        BinaryExpression e => First(e.Left),
        IsNullExpression e => First(e.Operand),
        IsTruthExpression e => First(e.Operand),
        IsDistinctExpression e => First(e.Left),
        BetweenExpression e => First(e.Operand),
        LikeExpression e => First(e.Operand),
        InListExpression e => First(e.Operand),
        InQueryExpression e => First(e.Operand),
        QuantifiedExpression e => First(e.Left),
        CollateExpression e => First(e.Operand),
        AtTimeZoneExpression e => First(e.Operand),
        _ => expression,
    };

    private void WriteLike(LikeExpression e)
    {
        WriteOperand(e.Operand, SqlPrecedence.Bit);
        var isOperator = e.Kind is PatternKind.Regexp && _dialect is SqlDialect.Postgres;
        var word = e.Kind switch
        {
            PatternKind.Like => "LIKE ",
            PatternKind.ILike when _dialect is SqlDialect.Postgres or SqlDialect.DuckDb => "ILIKE ",
            PatternKind.Glob when _dialect is SqlDialect.Sqlite or SqlDialect.DuckDb => "GLOB ",
            PatternKind.Regexp when _dialect is SqlDialect.MySql => "REGEXP ",
            PatternKind.Regexp when _dialect is SqlDialect.Postgres => e.Negated ? "!~ " : "~ ",
            _ => throw NotExpressible(e.Kind.ToString().ToUpperInvariant()),
        };
        _out.Append(e.Negated && !isOperator ? " NOT " : " ").Append(word);
        WriteOperand(e.Pattern, SqlPrecedence.Bit);
        if (e.Escape is not null)
        {
            _out.Append(" ESCAPE ");
            WriteOperand(e.Escape, SqlPrecedence.Bit);
        }
    }

    private void Write(UnaryExpression unary)
    {
        if (unary.Operator is UnaryOperator.Not)
        {
            _out.Append("NOT ");
            WriteOperand(unary.Operand, SqlPrecedence.Not);
            return;
        }

        _out.Append(unary.Operator switch { UnaryOperator.Negate => "-", UnaryOperator.Plus => "+", _ => "~" });

        // A second sign would make a comment of two.
        WriteOperand(unary.Operand, SqlPrecedence.Primary);
    }

    private void Write(BinaryExpression binary)
    {
        if (binary.Operator is BinaryOperator.Concat && _dialect is SqlDialect.MySql)
        {
            _out.Append("CONCAT(");
            List(ConcatOperands(binary), Write);
            _out.Append(')');
            return;
        }

        if (_dialect is SqlDialect.SqlServer && binary is { Operator: BinaryOperator.Add, Right: IntervalExpression span })
        {
            _out.Append("DATEADD(").Append(SqlDateParts.Name(span.Unit)).Append(", ");
            Write(span.Amount);
            _out.Append(", ");
            Write(binary.Left);
            _out.Append(')');
            return;
        }

        var precedence = ClassOf(binary.Operator);
        var isSame = binary.Left is BinaryExpression left && left.Operator == binary.Operator;
        var (leftMinimum, rightMinimum) = precedence switch
        {
            SqlPrecedence.Comparison => (SqlPrecedence.Bit, SqlPrecedence.Bit),
            SqlPrecedence.Bit => (isSame ? SqlPrecedence.Bit : SqlPrecedence.Unary, SqlPrecedence.Unary),
            _ => (precedence, precedence + 1),
        };
        WriteOperand(binary.Left, leftMinimum);
        _out.Append(binary.Operator is BinaryOperator.Concat && _dialect is SqlDialect.SqlServer ? " + " : Spelling(binary.Operator));
        WriteOperand(binary.Right, rightMinimum);
    }

    private static EquatableList<Expression> ConcatOperands(BinaryExpression binary) =>
        binary.Left is BinaryExpression { Operator: BinaryOperator.Concat } left
            ? [.. ConcatOperands(left), binary.Right]
            : [binary.Left, binary.Right];

    /// <summary>Precedence on which all dialects agree: concatenation and bit operators mix with nothing without parentheses.</summary>
    private static int ClassOf(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => SqlPrecedence.Or,
        BinaryOperator.And => SqlPrecedence.And,
        BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater
            or BinaryOperator.GreaterOrEqual => SqlPrecedence.Comparison,
        BinaryOperator.Add or BinaryOperator.Subtract => SqlPrecedence.Add,
        BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo or BinaryOperator.DivideIntegers => SqlPrecedence.Multiply,
        _ => SqlPrecedence.Bit,
    };

    /// <summary>Writes an operand, in parentheses where it binds more loosely than needed.</summary>
    private void WriteOperand(Expression operand, int minimum)
    {
        var needs = LevelOf(operand) < minimum;
        if (needs)
            _out.Append('(');
        Write(operand);
        if (needs)
            _out.Append(')');
    }

    private int LevelOf(Expression expression) => expression switch
    {
        BinaryExpression { Operator: BinaryOperator.Concat } when _dialect is SqlDialect.MySql => SqlPrecedence.Primary,
        BinaryExpression { Operator: BinaryOperator.Add, Right: IntervalExpression } when _dialect is SqlDialect.SqlServer => SqlPrecedence.Primary,
        BinaryExpression binary => ClassOf(binary.Operator),
        UnaryExpression { Operator: UnaryOperator.Not } => SqlPrecedence.Not,
        IsDistinctExpression { Negated: false } when _dialect is SqlDialect.MySql => SqlPrecedence.Not,
        UnaryExpression => SqlPrecedence.Unary,
        IsNullExpression or IsTruthExpression or IsDistinctExpression or BetweenExpression or LikeExpression or InListExpression
            or InQueryExpression or QuantifiedExpression => SqlPrecedence.Comparison,
        CollateExpression or AtTimeZoneExpression => SqlPrecedence.Collate,
        _ => SqlPrecedence.Primary,
    };

    private string Spelling(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => " OR ",
        BinaryOperator.And => " AND ",
        BinaryOperator.Equal => " = ",
        BinaryOperator.NotEqual => " <> ",
        BinaryOperator.Less => " < ",
        BinaryOperator.LessOrEqual => " <= ",
        BinaryOperator.Greater => " > ",
        BinaryOperator.GreaterOrEqual => " >= ",
        BinaryOperator.BitAnd => " & ",
        BinaryOperator.BitOr => " | ",
        BinaryOperator.ShiftLeft when _dialect is not SqlDialect.SqlServer => " << ",
        BinaryOperator.ShiftRight when _dialect is not SqlDialect.SqlServer => " >> ",
        BinaryOperator.Add => " + ",
        BinaryOperator.Subtract => " - ",
        BinaryOperator.Multiply => " * ",
        BinaryOperator.Divide => " / ",
        BinaryOperator.DivideIntegers => _dialect switch
        {
            SqlDialect.MySql => " DIV ",
            SqlDialect.DuckDb => " // ",
            _ => throw NotExpressible("DIV"),
        },
        BinaryOperator.Modulo => " % ",
        BinaryOperator.Concat => " || ",
        BinaryOperator.JsonGet when _dialect is not SqlDialect.SqlServer => " -> ",
        BinaryOperator.JsonGetText when _dialect is not SqlDialect.SqlServer => " ->> ",
        _ => throw NotExpressible(op.ToString()),
    };

    private void Write(CaseExpression choice)
    {
        _out.Append("CASE ");
        if (choice.Operand is not null)
        {
            Write(choice.Operand);
            _out.Append(' ');
        }

        foreach (var branch in choice.Branches)
        {
            _out.Append("WHEN ");
            Write(branch.Condition);
            _out.Append(" THEN ");
            Write(branch.Result);
            _out.Append(' ');
        }

        if (choice.Else is not null)
        {
            _out.Append("ELSE ");
            Write(choice.Else);
            _out.Append(' ');
        }

        _out.Append("END");
    }
}
