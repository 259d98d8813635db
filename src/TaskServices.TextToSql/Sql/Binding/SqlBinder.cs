using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>Resolves the names of a query against a schema, as far as a grant lets the caller see it.</summary>
/// <remarks>
/// The result says explicitly what each name means: where more than one table can be seen, every column has its table before it, so
/// that a column which the caller may not see can never take the place of one that it may. NATURAL becomes USING, stars become columns,
/// output names in GROUP BY and HAVING become their expressions. A common table that has the name of a table gets another one, so that no
/// engine can take one for the other.
/// </remarks>
public sealed partial class SqlBinder : SqlRewriter
{
    /// <summary>Growth that a recursive value counts as, so that a step which uses it twice stands out.</summary>
    private const double StepGrowth = 100;

    /// <summary>Most tables that are bound; a guard allows far fewer.</summary>
    private const int MaxTables = 200;

    /// <summary>Most columns that all SELECT lists have together: stars of stars multiply.</summary>
    private const int MaxOutputs = 20_000;

    /// <summary>Most nodes that output names may stand for, all their uses together: names of names double.</summary>
    private const int MaxAliasNodes = 20_000;

    private const int MaxAliasDepth = 200;

    private readonly DatabaseSchema _schema;
    private readonly SqlDialect _dialect;
    private readonly AccessGrant? _grant;
    private readonly bool _qualifyAll;
    private readonly Dictionary<ColumnReference, BoundColumn> _references = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<TableReference, BoundTable> _tableReferences = new(ReferenceEqualityComparer.Instance);
    private readonly List<BoundTable> _tables = [];
    private Scope? _scope;
    private CommonScope? _commonTables;
    private int _madeNames;
    private int _outputs;
    private int _aliasNodes;

    private SqlBinder(DatabaseSchema schema, SqlDialect dialect, AccessGrant? grant, bool qualifyAll)
    {
        _schema = schema;
        _dialect = dialect;
        _grant = grant;
        _qualifyAll = qualifyAll;
    }

    /// <summary>Binds a query.</summary>
    /// <param name="grant">What the caller may see; null for everything.</param>
    /// <param name="qualifyAll">Whether a column gets its table before it even where only one table can be seen.</param>
    /// <exception cref="SqlBindingException">
    /// Reasons <c>UNKNOWN_TABLE</c>, <c>UNKNOWN_COLUMN</c>, <c>AMBIGUOUS_COLUMN</c>, <c>DUPLICATE_NAME</c>, <c>COLUMN_COUNT</c>,
    /// <c>ARGUMENT_TYPE</c>, <c>FUNCTION_NOT_ALLOWED</c> (number of arguments), <c>HUGE_VALUE</c>.
    /// </exception>
    public static BoundQuery Bind(Query query, DatabaseSchema schema, SqlDialect dialect, AccessGrant? grant = null, bool qualifyAll = false)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(schema);
        var binder = new SqlBinder(schema, dialect, grant, qualifyAll);
        var (bound, outputs) = binder.BindQuery(query);
        return new(bound, outputs, binder._references, binder._tableReferences, binder._tables);
    }

    /// <inheritdoc/>
    public override Query Rewrite(Query query) => BindQuery(query).Query;

    /// <summary>Binds a query that is a value: it has as many columns as the other side.</summary>
    private Query BindOperand(Query query, int columns, int offset)
    {
        var (bound, outputs) = BindQuery(query);
        return outputs.Count == columns
            ? bound
            : throw new SqlBindingException("COLUMN_COUNT", $"A subquery used as a value has {outputs.Count} columns; {columns} expected.", offset);
    }

    private void CountOutputs(int count, int offset)
    {
        _outputs += count;
        if (_outputs > MaxOutputs)
            throw new SqlBindingException("TOO_MANY_COLUMNS", $"The statement selects more than {MaxOutputs} columns in all.", offset);
    }

    /// <summary>Lets the expression behind an output name take the name's place, as long as all that was put in stays small.</summary>
    private Expression Counted(Expression aliased, int offset)
    {
        var (nodes, depth) = ExpressionSize.Of(aliased);
        _aliasNodes += nodes;
        return _aliasNodes <= MaxAliasNodes && depth <= MaxAliasDepth
            ? aliased
            : throw new SqlBindingException("SQL_TOO_DEEP", "The output names stand for too long expressions; select from a subquery instead.", offset);
    }

    private (Query Query, IReadOnlyList<OutputColumn> Outputs) BindQuery(Query query)
    {
        var outerTables = _commonTables;
        var tables = new List<CommonTable>();
        foreach (var table in query.CommonTables)
        {
            if (query.CommonTables.Count(other => other.Name.Equals(table.Name, StringComparison.OrdinalIgnoreCase)) > 1)
                throw new SqlBindingException("DUPLICATE_NAME", $"Two common tables have the name {table.Name}.", table.Offset);
            tables.Add(BindCommonTable(table, query.IsRecursive || _dialect is SqlDialect.Sqlite or SqlDialect.SqlServer));
        }

        var bound = query.Body is SelectBody select ? BindSelectQuery(query, select) : BindCompoundQuery(query);
        _commonTables = outerTables;
        return (bound.Query with { CommonTables = tables.ToEquatableList() }, bound.Outputs);
    }

    private CommonTable BindCommonTable(CommonTable table, bool mayRecurse)
    {
        // A common table sees the queries around it only through other common tables.
        var outer = _scope;
        _scope = null;
        var written = _schema.FindTable(table.Name) is null ? table.Name : MakeName(table.Name + "_");
        Query bound;
        IReadOnlyList<OutputColumn> outputs;
        if (mayRecurse && table.Query is { Body: SetOperation { Operator: SetOperator.Union } union } && Mentions.Table(union.Right, table.Name))
        {
            var (left, anchor) = BindBody(union.Left);
            outputs = Rename(anchor, table.Columns, table.Offset);
            _commonTables = new(table.Name, written, [.. outputs.Select(output => output with { Growth = StepGrowth })], _commonTables);
            var (right, step) = BindBody(union.Right);
            RequireSameCount(anchor, step, union.Offset);
            if (step.Any(output => output.Growth >= 2 * StepGrowth))
                throw new SqlBindingException("HUGE_VALUE", $"Each step of {table.Name} would double a value; only as much as a stored value may be added.", table.Offset);
            bound = table.Query with { Body = union with { Left = left, Right = right } };
            bound = bound with { OrderBy = List(bound.OrderBy, item => BindCompoundOrder(item, union, outputs)) };
        }
        else
        {
            (bound, outputs) = BindQuery(table.Query);
            outputs = Rename(outputs, table.Columns, table.Offset);
            _commonTables = new(table.Name, written, outputs, _commonTables);
        }

        _scope = outer;
        return table with { Name = written, Query = bound };
    }

    private static IReadOnlyList<OutputColumn> Rename(IReadOnlyList<OutputColumn> outputs, EquatableList<string> names, int offset)
    {
        if (names.Count is 0)
            return outputs;
        return names.Count == outputs.Count
            ? [.. outputs.Zip(names, (output, name) => output with { Name = name })]
            : throw new SqlBindingException("COLUMN_COUNT", $"{names.Count} column names for {outputs.Count} columns.", offset);
    }

    private (QueryBody Body, IReadOnlyList<OutputColumn> Outputs) BindBody(QueryBody body)
    {
        switch (body)
        {
            case SelectBody select:
                var (query, selected) = BindSelectQuery(new Query(select), select);
                return (query.Body, selected);
            case SetOperation operation:
                var (left, outputs) = BindBody(operation.Left);
                var (right, others) = BindBody(operation.Right);
                RequireSameCount(outputs, others, operation.Offset);
                return (operation with { Left = left, Right = right }, [.. outputs.Zip(others, Either)]);
            case ValuesBody values:
                var count = values.Rows[0].Items.Count;
                if (values.Rows.Any(row => row.Items.Count != count))
                    throw new SqlBindingException("COLUMN_COUNT", "All rows of VALUES need the same number of columns.", values.Offset);
                var prefix = _dialect switch { SqlDialect.MySql => "column_", SqlDialect.DuckDb => "col", _ => "column" };
                var first = _dialect is SqlDialect.MySql or SqlDialect.DuckDb ? 0 : 1;
                return (Rewrite(body), [.. values.Rows[0].Items.Select((item, i) => Output(prefix + (i + first), item))]);
            case NestedQuery nested:
                var (inner, innerOutputs) = BindQuery(nested.Query);
                return (nested with { Query = inner }, innerOutputs);
            default:
                throw new ArgumentException($"Unknown body {body.GetType().Name}.", nameof(body));
        }
    }

    private static OutputColumn Either(OutputColumn left, OutputColumn right) =>
        left with { Kind = left.Kind == right.Kind ? left.Kind : ValueKinds.Wider(left.Kind, right.Kind), Growth = Math.Max(left.Growth, right.Growth) };

    private static void RequireSameCount(IReadOnlyList<OutputColumn> left, IReadOnlyList<OutputColumn> right, int offset)
    {
        if (left.Count != right.Count)
            throw new SqlBindingException("COLUMN_COUNT", $"The sides of a set operation have {left.Count} and {right.Count} columns.", offset);
    }

    private (Query Query, IReadOnlyList<OutputColumn> Outputs) BindCompoundQuery(Query query)
    {
        var (body, outputs) = BindBody(query.Body);
        return (query with
        {
            Body = body,
            OrderBy = List(query.OrderBy, item => BindCompoundOrder(item, query.Body, outputs)),
            Limit = Optional(query.Limit),
            Skip = Optional(query.Skip),
        }, outputs);
    }

    /// <summary>A set operation is ordered by its output columns: by position, by name, or by an expression that one side selects.</summary>
    private static OrderItem BindCompoundOrder(OrderItem item, QueryBody body, IReadOnlyList<OutputColumn> outputs)
    {
        var expression = item.Expression is CollateExpression collate ? collate.Operand : item.Expression;
        if (expression is NumberLiteral number)
        {
            RequirePosition(number, outputs.Count);
            return item;
        }

        for (var i = 0; i < outputs.Count; i++)
        {
            if (expression is ColumnReference { Table: null } reference && reference.Name.Equals(outputs[i].Name, StringComparison.OrdinalIgnoreCase))
                return item;
        }

        foreach (var select in Mentions.Selects(body))
        {
            for (var i = 0; i < select.Items.Count; i++)
            {
                if (select.Items[i] is ExpressionItem selected && SameExpression(selected.Expression, expression))
                    return item with { Expression = new NumberLiteral((i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)) };
            }
        }

        throw new SqlBindingException("UNKNOWN_COLUMN", "ORDER BY after a set operation takes a column of the result.", item.Offset);
    }

    private static bool SameExpression(Expression left, Expression right) =>
        left.Equals(right)
        || (left is ColumnReference l && right is ColumnReference r && (l.Table is null || r.Table is null || l.Table.Equals(r.Table, StringComparison.OrdinalIgnoreCase))
            && l.Name.Equals(r.Name, StringComparison.OrdinalIgnoreCase));

    private static void RequirePosition(NumberLiteral number, int count)
    {
        if (!number.IsInteger || !int.TryParse(number.Text, out var position) || position < 1 || position > count)
            throw new SqlBindingException("UNKNOWN_COLUMN", $"Position {number.Text} in ORDER BY or GROUP BY is not between 1 and {count}.", number.Offset);
    }
}
