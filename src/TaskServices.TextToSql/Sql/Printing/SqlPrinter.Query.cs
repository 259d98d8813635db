using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Sql.Printing;

public sealed partial class SqlPrinter
{
    private void Write(Query query)
    {
        if (query.CommonTables.Count > 0)
        {
            _out.Append("WITH ");
            if (query.IsRecursive && _dialect is not SqlDialect.SqlServer)
                _out.Append("RECURSIVE ");
            List(query.CommonTables, Write);
            _out.Append(' ');
        }

        var asTop = _dialect is SqlDialect.SqlServer && query is { Limit: not null, Skip: null, Body: SelectBody };
        if (asTop)
            Write((SelectBody)query.Body, query.Limit, query.WithTies);
        else
            Write(query.Body, isOperand: false);
        if (query.OrderByAll)
        {
            _out.Append(" ORDER BY ALL");
        }
        else if (query.OrderBy.Count > 0)
        {
            _out.Append(" ORDER BY ");
            List(query.OrderBy, Write);
        }

        if (!asTop)
            WriteBounds(query);
    }

    private void WriteBounds(Query query)
    {
        if (_dialect is SqlDialect.SqlServer)
        {
            if (query.Limit is null && query.Skip is null)
                return;
            if (query.OrderBy.Count is 0)
                _out.Append(query.Body is SelectBody { Distinct: false } ? " ORDER BY (SELECT NULL)" : " ORDER BY 1");
            _out.Append(" OFFSET ");
            Write(query.Skip ?? new NumberLiteral("0"));
            _out.Append(" ROWS");
            if (query.WithTies)
                throw NotExpressible("WITH TIES behind an OFFSET or a set operation");
            if (query.Limit is not null)
            {
                _out.Append(" FETCH NEXT ");
                Write(query.Limit);
                _out.Append(" ROWS ONLY");
            }

            return;
        }

        if (query.WithTies)
        {
            if (_dialect is not SqlDialect.Postgres || query.Limit is null)
                throw NotExpressible("WITH TIES");
            WriteSkip(query.Skip);
            _out.Append(" FETCH FIRST ");
            WriteOperand(query.Limit, SqlPrecedence.Primary);
            _out.Append(" ROWS WITH TIES");
            return;
        }

        if (query.Limit is not null)
        {
            _out.Append(" LIMIT ");
            Write(query.Limit);
        }
        else if (query.Skip is not null && _dialect is SqlDialect.Sqlite)
        {
            _out.Append(" LIMIT -1");
        }
        else if (query.Skip is not null && _dialect is SqlDialect.MySql)
        {
            _out.Append(" LIMIT 18446744073709551615");
        }

        WriteSkip(query.Skip);
    }

    private void WriteSkip(Expression? skip)
    {
        if (skip is not null)
        {
            _out.Append(" OFFSET ");
            Write(skip);
        }
    }

    private void Write(CommonTable table)
    {
        Name(table.Name);
        if (table.Columns.Count > 0)
        {
            _out.Append(" (");
            List(table.Columns, Name);
            _out.Append(')');
        }

        _out.Append(" AS ");
        Nested(table.Query);
    }

    private void Write(OrderItem item)
    {
        Write(item.Expression);
        if (item.Descending)
            _out.Append(" DESC");
        if (item.NullsFirst is null)
            return;
        if (_dialect is SqlDialect.MySql or SqlDialect.SqlServer)
            throw NotExpressible("NULLS FIRST");
        _out.Append(item.NullsFirst.Value ? " NULLS FIRST" : " NULLS LAST");
    }

    private void Write(QueryBody body, bool isOperand)
    {
        switch (body)
        {
            case SelectBody select:
                Write(select, null, false);
                break;
            case SetOperation operation:
                Write(operation);
                break;
            case ValuesBody values:
                _out.Append("VALUES ");
                List(values.Rows, row =>
                {
                    _out.Append(_dialect is SqlDialect.MySql ? "ROW(" : "(");
                    List(row.Items, Write);
                    _out.Append(')');
                });
                break;
            case NestedQuery nested when isOperand && _dialect is SqlDialect.Sqlite:
                // SQLite takes no parentheses around an operand.
                _out.Append("SELECT * FROM ");
                Nested(nested.Query);
                break;
            case NestedQuery nested:
                Nested(nested.Query);
                break;
            default:
                throw new ArgumentException($"Unknown body {body.GetType().Name}.", nameof(body));
        }
    }

    private void Write(SetOperation operation)
    {
        // On SQLite everything binds from the left; elsewhere INTERSECT binds tighter than what stands to its left.
        var leftNeeds = _dialect is not SqlDialect.Sqlite && operation.Operator is SetOperator.Intersect
            && operation.Left is SetOperation { Operator: not SetOperator.Intersect };
        WriteOperand(operation.Left, leftNeeds);
        _out.Append(operation.Operator switch
        {
            SetOperator.Union => " UNION ",
            SetOperator.Intersect => " INTERSECT ",
            _ => " EXCEPT ",
        });
        if (operation.All)
        {
            if (operation.Operator is not SetOperator.Union && _dialect is SqlDialect.Sqlite or SqlDialect.SqlServer)
                throw NotExpressible("INTERSECT ALL and EXCEPT ALL");
            _out.Append("ALL ");
        }

        var rightNeeds = operation.Right is SetOperation right
            && (_dialect is SqlDialect.Sqlite || !(right.Operator is SetOperator.Intersect && operation.Operator is not SetOperator.Intersect));
        WriteOperand(operation.Right, rightNeeds);
    }

    private void WriteOperand(QueryBody body, bool parentheses)
    {
        if (!parentheses)
        {
            Write(body, isOperand: true);
            return;
        }

        _out.Append(_dialect is SqlDialect.Sqlite ? "SELECT * FROM (" : "(");
        Write(body, isOperand: true);
        _out.Append(')');
    }

    private void Write(SelectBody select, Expression? top, bool ties)
    {
        _out.Append("SELECT ");
        if (select.Distinct)
            _out.Append("DISTINCT ");
        if (select.DistinctOn.Count > 0)
        {
            if (_dialect is not (SqlDialect.Postgres or SqlDialect.DuckDb))
                throw NotExpressible("DISTINCT ON");
            _out.Append("DISTINCT ON (");
            List(select.DistinctOn, Write);
            _out.Append(") ");
        }

        if (top is not null)
        {
            _out.Append("TOP (");
            Write(top);
            _out.Append(ties ? ") WITH TIES " : ") ");
        }

        List(select.Items, Write);
        if (select.From.Count > 0)
        {
            _out.Append(" FROM ");
            List(select.From, Write);
        }

        Clause(" WHERE ", select.Where);
        if (select.GroupByAll)
        {
            _out.Append(" GROUP BY ALL");
        }
        else if (select.GroupBy.Count > 0)
        {
            _out.Append(" GROUP BY ");
            var rollup = _dialect is SqlDialect.MySql && select.GroupBy is [FunctionCall { Name: "rollup" } call] ? call : null;
            List(rollup?.Arguments ?? select.GroupBy, Write);
            if (rollup is not null)
                _out.Append(" WITH ROLLUP");
        }

        Clause(" HAVING ", select.Having);
        if (select.Windows.Count > 0)
        {
            _out.Append(" WINDOW ");
            List(select.Windows, window =>
            {
                Name(window.Name);
                _out.Append(" AS ");
                Write(window.Window, isDefinition: true);
            });
        }

        if (select.Qualify is not null && _dialect is not SqlDialect.DuckDb)
            throw NotExpressible("QUALIFY");
        Clause(" QUALIFY ", select.Qualify);
    }

    private void Clause(string keyword, Expression? expression)
    {
        if (expression is not null)
        {
            _out.Append(keyword);
            Write(expression);
        }
    }

    private void Write(SelectItem item)
    {
        switch (item)
        {
            case ExpressionItem { Alias: var alias } expression:
                WriteOperand(expression.Expression, BeginsLikeAlias(expression.Expression) ? SqlPrecedence.Primary + 1 : 0);
                if (alias is not null)
                {
                    _out.Append(" AS ");
                    Name(alias);
                }

                break;
            case StarItem { Table: null }:
                _out.Append('*');
                break;
            case StarItem star:
                Name(star.Table);
                _out.Append(".*");
                break;
        }
    }

    /// <summary>Gets whether T-SQL would read the beginning of an item as <c>alias = …</c>.</summary>
    private bool BeginsLikeAlias(Expression expression) =>
        _dialect is SqlDialect.SqlServer && expression switch
        {
            BinaryExpression { Operator: BinaryOperator.Equal, Left: ColumnReference { Table: null } } => true,
            QuantifiedExpression { Operator: BinaryOperator.Equal, Left: ColumnReference { Table: null } } => true,
            BinaryExpression e => BeginsLikeAlias(e.Left),
            _ => false,
        };

    private void Write(TableSource source)
    {
        switch (source)
        {
            case TableReference table:
                if (table.Schema is not null)
                {
                    Name(table.Schema);
                    _out.Append('.');
                }

                Name(table.Name);
                WriteAlias(table.Alias);
                break;
            case DerivedTable derived:
                if (derived.Lateral && _dialect is SqlDialect.Sqlite)
                    throw NotExpressible("LATERAL");
                if (derived.Lateral && _dialect is not SqlDialect.SqlServer)
                    _out.Append("LATERAL ");
                Nested(derived.Query);
                WriteAlias(derived.Alias);
                if (derived.Columns.Count > 0)
                {
                    if (_dialect is SqlDialect.Sqlite)
                        throw NotExpressible("a list of column names behind a derived table");
                    _out.Append(" (");
                    List(derived.Columns, Name);
                    _out.Append(')');
                }

                break;
            case JoinedTable join:
                Write(join);
                break;
        }
    }

    private void WriteAlias(string? alias)
    {
        if (alias is not null)
        {
            _out.Append(" AS ");
            Name(alias);
        }
    }

    private void Write(JoinedTable join)
    {
        Write(join.Left);
        if (_dialect is SqlDialect.SqlServer && join.Right is DerivedTable { Lateral: true })
        {
            _out.Append(join.Kind switch
            {
                JoinKind.Cross => " CROSS APPLY ",
                JoinKind.Left when join.On is BooleanLiteral { Value: true } => " OUTER APPLY ",
                _ => throw NotExpressible("a lateral join with a condition"),
            });
            Write(join.Right);
            return;
        }

        _out.Append(join.Natural ? " NATURAL" : "").Append(join.Kind switch
        {
            JoinKind.Left => " LEFT JOIN ",
            JoinKind.Right => " RIGHT JOIN ",
            JoinKind.Full when _dialect is not SqlDialect.MySql => " FULL JOIN ",
            JoinKind.Full => throw NotExpressible("FULL JOIN"),
            JoinKind.Cross => " CROSS JOIN ",
            _ => " JOIN ",
        });
        if (join.Right is JoinedTable)
        {
            _out.Append('(');
            Write(join.Right);
            _out.Append(')');
        }
        else
        {
            Write(join.Right);
        }

        Clause(" ON ", join.On);
        if (join.Using.Count > 0)
        {
            _out.Append(" USING (");
            List(join.Using, Name);
            _out.Append(')');
        }
    }
}
