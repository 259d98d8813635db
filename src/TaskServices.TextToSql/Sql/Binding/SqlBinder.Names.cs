using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Binding;

public sealed partial class SqlBinder
{
    /// <inheritdoc/>
    public override Expression Rewrite(Expression expression) => expression switch
    {
        ColumnReference reference => Resolve(reference),
        SubqueryExpression e => e with { Query = BindOperand(e.Query, 1, e.Offset) },
        InQueryExpression e => e with { Operand = Rewrite(e.Operand), Query = BindOperand(e.Query, (e.Operand as RowExpression)?.Items.Count ?? 1, e.Offset) },
        QuantifiedExpression e => e with { Left = Rewrite(e.Left), Query = BindOperand(e.Query, 1, e.Offset) },
        FunctionCall => Checked((FunctionCall)base.Rewrite(expression)),
        _ => base.Rewrite(expression),
    };

    private FunctionCall Checked(FunctionCall call)
    {
        FunctionArguments.Require(
            call, argument => ValueKinds.Of(argument, reference => _references.GetValueOrDefault(reference)?.Kind ?? ValueKind.Unknown, _dialect), _dialect);
        return call;
    }

    private TableReference BindTable(TableReference reference, Scope scope)
    {
        if (reference.Schema is null && CommonScope.Find(_commonTables, reference.Name) is { } common)
        {
            var alias = reference.Alias ?? (common.WrittenName == common.Name ? null : common.Name);
            var shared = reference with { Name = common.WrittenName, Alias = alias };
            _tableReferences[shared] = AddTable(scope, new(shared.ExposedName, null, common.Name), common.Outputs, reference.Offset);
            return shared;
        }

        var table = IsOwnSchema(reference.Schema) ? _schema.FindTable(reference.Name) : null;
        if (table is null || (_grant is not null && !_grant.AllowsTable(table.Name)))
        {
            var near = NearestName.Find(reference.Name, VisibleTables());
            var name = reference.Schema is null ? reference.Name : reference.Schema + "." + reference.Name;
            throw new SqlBindingException("UNKNOWN_TABLE", $"There is no table {name}{DidYouMean(near)}.", reference.Offset, near);
        }

        var columns = table.Columns.Where(column => _grant is null || _grant.AllowsColumn(table.Name, column.Name));
        var bound = reference with { Name = table.Name };
        var outputs = columns.Select(column => new OutputColumn(column.Name, column.Type) { Kind = ValueKinds.OfDeclared(column.DeclaredType) });
        _tableReferences[bound] = AddTable(scope, new(bound.ExposedName, table, null), [.. outputs], reference.Offset);
        return bound;
    }

    /// <summary>Each dialect's name for the place where the tables are; anything else is another database or a catalog.</summary>
    private bool IsOwnSchema(string? qualifier) => qualifier is null || qualifier.Equals(_dialect switch
    {
        SqlDialect.Postgres => "public",
        SqlDialect.SqlServer => "dbo",
        SqlDialect.MySql => _schema.Name,
        _ => "main",
    }, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<string> VisibleTables() =>
        _schema.Tables.Where(table => _grant is null || _grant.AllowsTable(table.Name)).Select(table => table.Name);

    private Expression Resolve(ColumnReference reference)
    {
        if (reference.Table is not null)
            return ResolveQualified(reference);
        for (var scope = _scope; scope is not null; scope = scope.Parent)
        {
            if (FindUnqualified(reference, scope) is { } column)
            {
                var qualify = _qualifyAll || !ReferenceEquals(scope, _scope) || scope.NeedsQualifiers;
                return Refer(column, qualify, reference.Offset);
            }

            if (scope.Aliases.TryGetValue(reference.Name, out var aliased))
                return Counted(aliased, reference.Offset);
        }

        // SQLite takes a name in double quotes for a string where no column has it; never where the caller just may not see the column.
        if (_dialect is SqlDialect.Sqlite && reference.IsDoubleQuoted && !HidesColumn(reference.Name))
            return new StringLiteral(reference.Name) { Offset = reference.Offset };
        throw UnknownColumn(reference);
    }

    private static BoundColumn? FindUnqualified(ColumnReference reference, Scope scope)
    {
        if (scope.Merged.TryGetValue(reference.Name, out var merged))
            return merged;
        BoundColumn? found = null;
        foreach (var table in scope.Tables)
        {
            if (!table.TryFind(reference.Name, out var column))
                continue;
            if (found is not null)
            {
                throw new SqlBindingException(
                    "AMBIGUOUS_COLUMN",
                    $"The column {reference.Name} is in {found.Table.ExposedName} and in {table.ExposedName}; write {found.Table.ExposedName}.{reference.Name} or {table.ExposedName}.{reference.Name}.",
                    reference.Offset, found.Table.ExposedName + "." + reference.Name);
            }

            found = column;
        }

        return found;
    }

    private ColumnReference ResolveQualified(ColumnReference reference)
    {
        for (var scope = _scope; scope is not null; scope = scope.Parent)
        {
            var table = scope.Tables.Find(candidate => candidate.ExposedName.Equals(reference.Table, StringComparison.OrdinalIgnoreCase));
            if (table is null)
                continue;
            if (reference.Schema is not null && (table.Table is null || !IsOwnSchema(reference.Schema)))
                break;
            return table.TryFind(reference.Name, out var column)
                ? Refer(column, qualify: true, reference.Offset)
                : throw UnknownColumn(reference, table);
        }

        throw UnknownQualifier(reference.Schema is null ? reference.Table! : reference.Schema + "." + reference.Table, reference.Offset);
    }

    private ColumnReference Refer(BoundColumn column, bool qualify, int offset)
    {
        var reference = new ColumnReference(column.Name, qualify ? column.Table.ExposedName : null) { Offset = offset };
        _references[reference] = column;
        return reference;
    }

    private bool HidesColumn(string name)
    {
        for (var scope = _scope; scope is not null; scope = scope.Parent)
        {
            if (scope.Tables.Exists(table => table.Table?.FindColumn(name) is not null && !table.TryFind(name, out _)))
                return true;
        }

        return false;
    }

    private SqlBindingException UnknownQualifier(string name, int offset)
    {
        var near = NearestName.Find(name, VisibleInScopes().Select(table => table.ExposedName));
        return new("UNKNOWN_TABLE", $"No table or alias {name} stands in this FROM{DidYouMean(near)}.", offset, near);
    }

    private SqlBindingException UnknownColumn(ColumnReference reference, BoundTable? table = null)
    {
        var where = table is null ? "" : $" in {table.ExposedName}";
        var near = NearestName.Find(reference.Name, (table is null ? VisibleInScopes() : [table]).SelectMany(t => t.Columns).Select(column => column.Name).Where(name => name.Length > 0));
        var owner = _schema.Tables.FirstOrDefault(candidate =>
            candidate.FindColumn(reference.Name) is { } column && (_grant is null || _grant.AllowsColumn(candidate.Name, column.Name)));
        var elsewhere = owner is null ? "" : $"; the table {owner.Name} has one";
        return new("UNKNOWN_COLUMN", $"There is no column {reference.Name}{where}{elsewhere}{(owner is null ? DidYouMean(near) : "")}.", reference.Offset, near);
    }

    private IEnumerable<BoundTable> VisibleInScopes()
    {
        for (var scope = _scope; scope is not null; scope = scope.Parent)
        {
            foreach (var table in scope.Tables)
                yield return table;
        }
    }

    private static string DidYouMean(string? name) => name is null ? "" : $"; did you mean {name}?";

    private OutputColumn Output(string? name, Expression expression) => new(name, TypeOf(expression))
    {
        Kind = ValueKinds.Of(expression, reference => _references.GetValueOrDefault(reference)?.Kind ?? ValueKind.Unknown, _dialect),
        Growth = ValueGrowth.Of(expression, reference => _references.GetValueOrDefault(reference)?.Growth ?? 1),
    };

    private ColumnType TypeOf(Expression expression) => SqlTyping.TypeOf(expression, reference => _references.GetValueOrDefault(reference)?.Type);
}
