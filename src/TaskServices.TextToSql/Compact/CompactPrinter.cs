using System.Text;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Compact;

/// <summary>Prints a query whose names are already those of the compact form: one line, lower case, NOT before the whole test.</summary>
internal sealed class CompactPrinter
{
    private readonly StringBuilder _text = new();

    /// <exception cref="TextToSqlException">Reason <c>NOT_COMPACT</c>: the form has no way to say a part of the query.</exception>
    public static string Print(Query query)
    {
        var printer = new CompactPrinter();
        printer.Write(query);
        return printer._text.ToString();
    }

    private void Write(Query query)
    {
        if (query.CommonTables.Count > 0 || query.OrderByAll || query.Skip is not null || query.WithTies)
        {
            throw NotCompact("a common table, ORDER BY ALL, OFFSET or WITH TIES");
        }

        Write(query.Body);
        WriteList(" order by ", query.OrderBy, item =>
        {
            Write(item.Expression);
            _text.Append(item.Descending ? " desc" : "");
        });
        if (query.Limit is not null)
        {
            _text.Append(" limit ");
            Write(query.Limit);
        }
    }

    private void Write(QueryBody body)
    {
        switch (body)
        {
            case SelectBody select:
                Write(select);
                break;
            case SetOperation operation:
                Write(operation.Left);
                _text.Append(operation.Operator switch
                {
                    SetOperator.Union => operation.All ? " union all " : " union ",
                    SetOperator.Intersect => " intersect ",
                    _ => " except ",
                });
                Write(operation.Right);
                break;
            default:
                throw NotCompact("VALUES or a nested query");
        }
    }

    private void Write(SelectBody body)
    {
        if (body.DistinctOn.Count > 0 || body.Qualify is not null || body.Windows.Count > 0 || body.GroupByAll)
        {
            throw NotCompact("DISTINCT ON, QUALIFY, GROUP BY ALL or a window");
        }

        WriteList(body.Distinct ? "select distinct " : "select ", body.Items, Write);
        WriteList(" from ", body.From, Write);
        if (body.Where is not null)
        {
            _text.Append(" where ");
            Write(body.Where);
        }

        WriteList(" group by ", body.GroupBy, Write);
        if (body.Having is not null)
        {
            _text.Append(" having ");
            Write(body.Having);
        }
    }

    private void Write(SelectItem item)
    {
        switch (item)
        {
            case StarItem star:
                _text.Append(star.Table is null ? "*" : SchemaName.Write(star.Table) + ".*");
                break;
            case ExpressionItem expression:
                Write(expression.Expression);
                _text.Append(expression.Alias is null ? "" : " as " + SchemaName.Write(expression.Alias));
                break;
        }
    }

    private void Write(TableSource source)
    {
        switch (source)
        {
            case TableReference table:
                _text.Append(SchemaName.Write(table.Name));
                _text.Append(table.Alias is null ? "" : " as " + SchemaName.Write(table.Alias));
                break;
            case DerivedTable { Lateral: false, Columns.Count: 0 } derived:
                WriteQuery(derived.Query);
                _text.Append(derived.Alias is null ? "" : " as " + SchemaName.Write(derived.Alias));
                break;
            case JoinedTable { Natural: false, Using.Count: 0, Kind: JoinKind.Inner or JoinKind.Left or JoinKind.Cross } join:
                Write(join.Left);
                _text.Append(join.Kind is JoinKind.Left ? " left join " : " join ");
                Write(join.Right);
                _text.Append(" on ");
                Write(join.On ?? new BooleanLiteral(true));
                break;
            default:
                throw NotCompact("this kind of join");
        }
    }

    private void Write(Expression expression)
    {
        switch (expression)
        {
            case ColumnReference column:
                _text.Append(column.Table is null ? "" : SchemaName.Write(column.Table) + ".").Append(SchemaName.Write(column.Name));
                break;
            case NumberLiteral number:
                _text.Append(number.Text);
                break;
            case StringLiteral text:
                _text.Append('\'').Append(text.Value.Replace("'", "''", StringComparison.Ordinal)).Append('\'');
                break;
            case NullLiteral:
                _text.Append("null");
                break;
            case BooleanLiteral boolean:
                _text.Append(boolean.Value ? "true" : "false");
                break;
            case UnaryExpression { Operator: UnaryOperator.Not } not:
                _text.Append("not ");
                WriteOperand(not.Operand, Rank(expression));
                break;
            case UnaryExpression { Operator: UnaryOperator.Negate } negate:
                _text.Append('-');
                WriteOperand(negate.Operand, Rank(expression));
                break;
            case BinaryExpression binary:
                WriteOperand(binary.Left, Rank(binary));
                _text.Append(' ').Append(Symbol(binary.Operator)).Append(' ');
                WriteOperand(binary.Right, binary.Operator is BinaryOperator.And or BinaryOperator.Or ? Rank(binary) : Rank(binary) + 1);
                break;
            case IsNullExpression isNull:
                WriteOperand(isNull.Operand, 5);
                _text.Append(isNull.Negated ? " is not null" : " is null");
                break;
            case BetweenExpression between:
                WriteNegation(between.Negated);
                WriteOperand(between.Operand, 5);
                _text.Append(" between ");
                WriteOperand(between.Low, 5);
                _text.Append(" and ");
                WriteOperand(between.High, 5);
                break;
            case LikeExpression { Kind: PatternKind.Like, Escape: null } like:
                WriteNegation(like.Negated);
                WriteOperand(like.Operand, 5);
                _text.Append(" like ");
                WriteOperand(like.Pattern, 5);
                break;
            case InListExpression list:
                WriteNegation(list.Negated);
                WriteOperand(list.Operand, 5);
                WriteList(" in (", list.Items, Write);
                _text.Append(')');
                break;
            case InQueryExpression inQuery:
                WriteNegation(inQuery.Negated);
                WriteOperand(inQuery.Operand, 5);
                _text.Append(" in ");
                WriteQuery(inQuery.Query);
                break;
            case ExistsExpression exists:
                _text.Append("exists ");
                WriteQuery(exists.Query);
                break;
            case SubqueryExpression subquery:
                WriteQuery(subquery.Query);
                break;
            case FunctionCall { Over: null, Filter: null, OrderBy.Count: 0, WithinGroup.Count: 0 } call:
                _text.Append(call.Name).Append(call.Star ? "(*" : "(").Append(call.Distinct ? "distinct " : "");
                WriteList("", call.Arguments, Write);
                _text.Append(')');
                break;
            case CastExpression { Try: false } cast:
                _text.Append("cast(");
                Write(cast.Operand);
                _text.Append(" as ").Append(cast.Type.Name).Append(')');
                break;
            default:
                throw NotCompact(expression.GetType().Name);
        }
    }

    private void WriteNegation(bool negated) => _text.Append(negated ? "not " : "");

    private void WriteQuery(Query query)
    {
        _text.Append('(');
        Write(query);
        _text.Append(')');
    }

    private void WriteOperand(Expression operand, int rank)
    {
        var parentheses = Rank(operand) < rank;
        _text.Append(parentheses ? "(" : "");
        Write(operand);
        _text.Append(parentheses ? ")" : "");
    }

    private void WriteList<T>(string before, EquatableList<T> items, Action<T> write)
    {
        for (var i = 0; i < items.Count; i++)
        {
            _text.Append(i == 0 ? before : ", ");
            write(items[i]);
        }
    }

    private static int Rank(Expression expression) => expression switch
    {
        BinaryExpression { Operator: BinaryOperator.Or } => 1,
        BinaryExpression { Operator: BinaryOperator.And } => 2,
        UnaryExpression { Operator: UnaryOperator.Not } => 3,
        InQueryExpression { Negated: true } or InListExpression { Negated: true } or LikeExpression { Negated: true } or BetweenExpression { Negated: true } => 3,
        BinaryExpression { Operator: BinaryOperator.Add or BinaryOperator.Subtract } => 5,
        BinaryExpression { Operator: BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo } => 6,
        BinaryExpression or IsNullExpression or InQueryExpression or InListExpression or LikeExpression or BetweenExpression => 4,
        _ => 9,
    };

    private static string Symbol(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => "or",
        BinaryOperator.And => "and",
        BinaryOperator.Equal => "=",
        BinaryOperator.NotEqual => "<>",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        BinaryOperator.Concat => "||",
        _ => throw NotCompact(op.ToString()),
    };

    private static TextToSqlException NotCompact(string what) => new("NOT_COMPACT", $"Compact SQL has no way to say {what}.");
}
