using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Compact;

/// <summary>Writes a compact query in full: derives FROMs, brings names to the schema's spelling, moves columns to a table that has them.</summary>
internal sealed class CompactExpander(string text, JoinGraph graph) : SqlRewriter
{
    private readonly List<string> _repairs = [];
    private ExpansionScope? _scope;

    public IReadOnlyList<string> Repairs => _repairs;

    public Query Expand(Query query) => Rewrite(query);

    public override Query Rewrite(Query query)
    {
        if (query.Body is SelectBody body)
        {
            var (expanded, orderBy) = Expand(body, query.OrderBy);
            return query with { Body = expanded, OrderBy = orderBy };
        }

        return query with { Body = Rewrite(query.Body) };
    }

    public override SelectBody Rewrite(SelectBody body) => Expand(body, []).Body;

    public override Expression Rewrite(Expression expression) =>
        expression is ColumnReference column ? Resolve(column) : base.Rewrite(expression);

    public override SelectItem Rewrite(SelectItem item) =>
        item is StarItem { Table: { } table } star && !_scope!.IsAlias(table) && graph.Schema.FindTable(table) is { } found
            ? star with { Table = found.Name }
            : base.Rewrite(item);

    private (SelectBody Body, EquatableList<OrderItem> OrderBy) Expand(SelectBody body, EquatableList<OrderItem> orderBy)
    {
        var outer = _scope;
        _scope = new(outer, body);
        try
        {
            var written = List(body.From, Rewrite);
            CollectTables(body.From);
            var expanded = base.Rewrite(body with { From = [] });
            var order = List(orderBy, Rewrite);
            return (expanded with { From = DeriveFrom(written, OwnColumns.Of(expanded, order), body.Offset) }, order);
        }
        finally
        {
            _scope = outer;
        }
    }

    private void CollectTables(IEnumerable<TableSource> from)
    {
        foreach (var source in from)
        {
            switch (source)
            {
                case TableReference { Alias: null } table:
                    _scope!.Tables.Add(Find(table).Name);
                    break;
                case TableReference table:
                    _scope!.Aliased[table.Alias] = Find(table);
                    break;
                case DerivedTable derived:
                    _scope!.Aliased[derived.Alias ?? ""] = null;
                    break;
                case JoinedTable join:
                    CollectTables([join.Left, join.Right]);
                    break;
            }
        }
    }

    public override TableSource Rewrite(TableSource source)
    {
        // A join's condition sees the whole FROM, so its tables are noted before it is read.
        CollectTables([source]);
        return source switch
        {
            TableReference table => table with { Name = Find(table).Name },
            _ => base.Rewrite(source),
        };
    }

    private EquatableList<TableSource> DeriveFrom(EquatableList<TableSource> written, OwnColumns columns, int offset)
    {
        var deriver = new JoinDeriver(graph, (reason, problem) => new SqlSyntaxException(reason, text, Math.Max(offset, 0), problem));
        foreach (var source in written)
        {
            if (source is TableReference { Alias: null } table)
            {
                deriver.Add(table.Name);
            }
            else
            {
                deriver.AddAsWritten(source, Tables(source));
            }
        }

        foreach (var name in columns.Tables)
        {
            if (!_scope!.IsAlias(name) && !deriver.Contains(name) && (written.Count == 0 || _scope.Outer?.Sees(name) != true))
            {
                if (written.Count > 0)
                {
                    _repairs.Add($"{name} was joined: the FROM lacks it.");
                }

                deriver.Add(name);
            }
        }

        return deriver.Source is null
            ? throw new SqlSyntaxException("NO_TABLE", text, Math.Max(offset, 0), "no table follows from this SELECT; name one in FROM.")
            : [deriver.Source];
    }

    private ColumnReference Resolve(ColumnReference column)
    {
        if (column.Table is { } alias && _scope!.FindAlias(alias, out var aliased))
        {
            return aliased is null
                ? column
                : column with { Name = (aliased.FindColumn(column.Name) ?? throw Unknown(column, $"{alias} has no column {column.Name}.")).Name };
        }

        if (column.Table is null)
        {
            return ResolveBare(column);
        }

        if (graph.Schema.FindTable(column.Table)?.FindColumn(column.Name) is { } found)
        {
            var table = graph.Schema.FindTable(column.Table)!.Name;
            _scope!.Tables.Add(table);
            return new ColumnReference(found.Name, table) { Offset = column.Offset };
        }

        var owner = FindOwner(column)
            ?? throw Unknown(column, $"no table has a column {column.Name}.");
        _repairs.Add($"{column.Table}.{column.Name} was read as {owner.Name}.{column.Name}.");
        _scope!.Tables.Add(owner.Name);
        return new ColumnReference(owner.FindColumn(column.Name)!.Name, owner.Name) { Offset = column.Offset };
    }

    private ColumnReference ResolveBare(ColumnReference column)
    {
        if (_scope!.HasOutputName(column.Name) || _scope.HasDerivedSource)
        {
            return column;
        }

        var owner = FindOwner(column) ?? throw Unknown(column, $"no table has a column {column.Name}.");
        _repairs.Add($"{column.Name} was read as {owner.Name}.{column.Name}.");
        _scope.Tables.Add(owner.Name);
        return new ColumnReference(owner.FindColumn(column.Name)!.Name, owner.Name) { Offset = column.Offset };
    }

    /// <summary>Finds the table that a misplaced column belongs to: one already in use, else the nearest by foreign keys.</summary>
    private TableSchema? FindOwner(ColumnReference column)
    {
        var owners = graph.Schema.Tables.Where(table => table.FindColumn(column.Name) is not null).ToList();
        var used = _scope!.Tables.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (owners.Find(table => used.Contains(table.Name)) is { } inUse)
        {
            return inUse;
        }

        if (column.Table is not null && graph.Schema.FindTable(column.Table) is { } meant)
        {
            used.Add(meant.Name);
        }

        return owners.MinBy(table => graph.FindPath(used, table.Name)?.Count ?? int.MaxValue);
    }

    private TableSchema Find(TableReference table) =>
        graph.Schema.FindTable(table.Name)
        ?? throw new SqlSyntaxException("UNKNOWN_TABLE", text, Math.Max(table.Offset, 0), $"there is no table {table.Name}.");

    private SqlSyntaxException Unknown(ColumnReference column, string problem) =>
        new("UNKNOWN_COLUMN", text, Math.Max(column.Offset, 0), problem);

    private static IEnumerable<string> Tables(TableSource source) => source switch
    {
        TableReference { Alias: null } table => [table.Name],
        JoinedTable join => Tables(join.Left).Concat(Tables(join.Right)),
        _ => [],
    };
}
