using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Binding;

public sealed partial class SqlBinder
{
    private (Query Query, IReadOnlyList<OutputColumn> Outputs) BindSelectQuery(Query query, SelectBody select)
    {
        var outer = _scope;
        var scope = new Scope(outer);
        var from = List(select.From, source => BindSource(source, scope));
        _scope = scope;
        if (select.Windows.Count > 0)
            select = select with { Windows = List(select.Windows, window => window with { Window = Rewrite(window.Window) }) };

        var items = new List<SelectItem>();
        var outputs = new List<OutputColumn>();
        foreach (var item in select.Items)
            BindItem(item, scope, items, outputs);
        foreach (var item in items)
        {
            if (item is ExpressionItem { Alias: not null } aliased)
                scope.Aliases.TryAdd(aliased.Alias, aliased.Expression);
        }

        var bound = select with
        {
            Items = items.ToEquatableList(),
            From = from,
            DistinctOn = List(select.DistinctOn, item => BindOrderExpression(item, outputs, items)),
            Where = Optional(select.Where),
            GroupBy = List(select.GroupBy, item => BindGroupExpression(item, outputs.Count)),
            Having = Optional(select.Having),
            Qualify = Optional(select.Qualify),
        };
        var result = query with
        {
            Body = bound,
            OrderBy = List(query.OrderBy, item => item with { Expression = BindOrderExpression(item.Expression, outputs, items) }),
            Limit = Optional(query.Limit),
            Skip = Optional(query.Skip),
        };
        _scope = outer;
        return (result, outputs);
    }

    private void BindItem(SelectItem item, Scope scope, List<SelectItem> items, List<OutputColumn> outputs)
    {
        switch (item)
        {
            case ExpressionItem expression:
                CountOutputs(1, item.Offset);
                var value = Rewrite(expression.Expression);
                items.Add(expression with { Expression = value });
                outputs.Add(Output(expression.Alias ?? (value as ColumnReference)?.Name, value));
                if (_dialect is SqlDialect.DuckDb && expression.Alias is not null)
                    scope.Aliases.TryAdd(expression.Alias, value);
                break;
            case StarItem { Table: null }:
                if (scope.Tables.Count is 0)
                    throw new SqlBindingException("UNKNOWN_COLUMN", "A star needs a FROM.", item.Offset);
                foreach (var table in scope.Tables)
                    ExpandStar(table, scope, items, outputs, isBare: true);
                break;
            case StarItem star:
                var named = scope.Tables.Find(table => table.ExposedName.Equals(star.Table, StringComparison.OrdinalIgnoreCase))
                    ?? throw UnknownQualifier(star.Table, star.Offset);
                ExpandStar(named, scope, items, outputs, isBare: false);
                break;
        }
    }

    private void ExpandStar(BoundTable table, Scope scope, List<SelectItem> items, List<OutputColumn> outputs, bool isBare)
    {
        CountOutputs(table.Columns.Count, -1);

        // A derived table's columns were checked where it was bound; without names of their own they cannot be written one by one.
        if (!table.HasDistinctNames)
        {
            items.Add(new StarItem(table.ExposedName));
            outputs.AddRange(table.Columns.Select(column => new OutputColumn(column.Name.Length is 0 ? null : column.Name, column.Type) { Kind = column.Kind, Growth = column.Growth }));
            return;
        }

        foreach (var column in table.Columns)
        {
            if (isBare && scope.Repeated.Contains(column))
                continue;
            items.Add(new ExpressionItem(Refer(column, scope.NeedsQualifiers || _qualifyAll, -1)));
            outputs.Add(new(column.Name, column.Type) { Kind = column.Kind, Growth = column.Growth });
        }
    }

    private Expression BindGroupExpression(Expression expression, int outputCount)
    {
        if (expression is NumberLiteral number)
        {
            RequirePosition(number, outputCount);
            return expression;
        }

        return Rewrite(expression);
    }

    /// <summary>A name alone means an output column first, as every engine has it; in a longer expression it means a table's column first.</summary>
    private Expression BindOrderExpression(Expression expression, List<OutputColumn> outputs, List<SelectItem> items)
    {
        if (expression is NumberLiteral { IsInteger: true } number)
        {
            RequirePosition(number, outputs.Count);
            return expression;
        }

        if (expression is ColumnReference { Table: null } reference)
        {
            var output = outputs.FindIndex(column => reference.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase));

            // Where a column of that name exists that the caller may not see, no engine is left to choose between the two.
            if (output >= 0 && HidesColumn(reference.Name) && output < items.Count && items[output] is ExpressionItem hidden)
                return Counted(hidden.Expression, reference.Offset);
            if (output >= 0)
                return new ColumnReference(outputs[output].Name!) { Offset = reference.Offset };
        }

        return Rewrite(expression);
    }

    private TableSource BindSource(TableSource source, Scope scope)
    {
        switch (source)
        {
            case TableReference table:
                return BindTable(table, scope);
            case DerivedTable derived:
                return BindDerived(derived, scope);
            case JoinedTable join:
                return BindJoin(join, scope);
            default:
                throw new ArgumentException($"Unknown source {source.GetType().Name}.", nameof(source));
        }
    }

    private DerivedTable BindDerived(DerivedTable derived, Scope scope)
    {
        var outer = _scope;
        if (derived.Lateral)
            _scope = scope;
        var (query, outputs) = BindQuery(derived.Query);
        _scope = outer;
        outputs = Rename(outputs, derived.Columns, derived.Offset);
        var alias = derived.Alias ?? MakeName();
        AddTable(scope, new(alias, null, null), outputs, derived.Offset);
        return derived with { Query = query, Alias = alias };
    }

    private string MakeName(string prefix = "q")
    {
        string name;
        do
        {
            name = FormattableString.Invariant($"{prefix}{++_madeNames}");
        }
        while (_schema.FindTable(name) is not null || CommonScope.Find(_commonTables, name) is not null);
        return name;
    }

    private BoundTable AddTable(Scope scope, BoundTable table, IReadOnlyList<OutputColumn> columns, int offset)
    {
        if (scope.Tables.Exists(other => other.ExposedName.Equals(table.ExposedName, StringComparison.OrdinalIgnoreCase)))
            throw new SqlBindingException("DUPLICATE_NAME", $"{table.ExposedName} stands twice in one FROM; give each its own alias.", offset);
        if (_tables.Count >= MaxTables)
            throw new SqlBindingException("TOO_MANY_TABLES", $"The statement reads more than {MaxTables} tables.", offset);
        table.SetColumns([.. columns.Select(column => new BoundColumn(table, column.Name ?? "", column.Type) { Kind = column.Kind, Growth = column.Growth })]);
        scope.Tables.Add(table);
        _tables.Add(table);
        return table;
    }

    private JoinedTable BindJoin(JoinedTable join, Scope scope)
    {
        var leftFrom = scope.Tables.Count;
        var left = BindSource(join.Left, scope);
        var rightFrom = scope.Tables.Count;
        var right = BindSource(join.Right, scope);
        var outer = _scope;
        _scope = scope;
        var on = Optional(join.On);
        _scope = outer;
        var names = join.Natural ? CommonNames(scope, leftFrom, rightFrom) : join.Using;
        var used = new List<string>();
        foreach (var name in names)
        {
            var leftColumn = FindForUsing(scope, name, leftFrom, rightFrom, join.Offset);
            var rightColumn = FindForUsing(scope, name, rightFrom, scope.Tables.Count, join.Offset);
            scope.Merged[leftColumn.Name] = join.Kind is JoinKind.Right ? rightColumn : leftColumn;
            scope.Repeated.Add(rightColumn);
            used.Add(leftColumn.Name);
        }

        var kind = join.Natural && used.Count is 0 && join.Kind is JoinKind.Inner ? JoinKind.Cross : join.Kind;
        return join with { Kind = kind, Left = left, Right = right, On = on, Using = used.ToEquatableList(), Natural = false };
    }

    private static EquatableList<string> CommonNames(Scope scope, int leftFrom, int rightFrom)
    {
        var left = scope.Tables.Take(leftFrom..rightFrom).SelectMany(table => table.Columns).Select(column => column.Name).Distinct(StringComparer.OrdinalIgnoreCase);
        return left.Where(name => name.Length > 0 && scope.Tables.Skip(rightFrom).Any(table => table.TryFind(name, out _))).ToEquatableList();
    }

    private static BoundColumn FindForUsing(Scope scope, string name, int from, int to, int offset)
    {
        BoundColumn? found = null;
        for (var i = from; i < to; i++)
        {
            if (scope.Tables[i].TryFind(name, out var column) && !scope.Repeated.Contains(column))
                found = found is null ? column : throw new SqlBindingException("AMBIGUOUS_COLUMN", $"USING ({name}) finds the column in several tables.", offset);
        }

        return found ?? throw new SqlBindingException("UNKNOWN_COLUMN", $"USING ({name}) needs the column on both sides.", offset);
    }
}
