using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;

namespace TaskServices.TextToSql.Guard;

/// <summary>Puts a filtered view in the place of every table that has a row policy or masks, wherever it stands.</summary>
/// <remarks>
/// A derived table under the table's own name: <c>(SELECT id, name FROM users WHERE users.tenant_id = :tenant) AS users</c>. So the filter works
/// before any join, and an outer join keeps its meaning. The values are parameters of the statement, never part of its text. Common tables cannot
/// capture the names inside: the binder has renamed those that could.
/// A policy's derived table has a LIMIT that no table reaches: engines do not carry conditions of the query below a LIMIT. Without it, PostgreSQL
/// evaluates the cheaper condition first, and <c>1 / (salary - 100) &gt; 0</c> would tell by its error of a row that the policy hides.
/// </remarks>
internal sealed class RowPolicies : SqlRewriter
{
    private static readonly NumberLiteral MoreThanAnyTable = new("9000000000000000000");

    private readonly BoundQuery _bound;
    private readonly AccessGrant _grant;

    private RowPolicies(BoundQuery bound, AccessGrant grant)
    {
        _bound = bound;
        _grant = grant;
    }

    public static Query Apply(BoundQuery bound, AccessGrant grant) => new RowPolicies(bound, grant).Rewrite(bound.Query);

    public override TableSource Rewrite(TableSource source)
    {
        if (source is not TableReference reference || _bound.Resolve(reference).Table is not { } table || _grant.Find(table.Name) is not { NeedsView: true } rules)
            return base.Rewrite(source);
        var columns = _bound.Resolve(reference).Columns.Select(column => rules.Masks.TryGetValue(column.Name, out var mask)
            ? new ExpressionItem(mask, column.Name)
            : new ExpressionItem(new ColumnReference(column.Name, table.Name)));
        var select = new SelectBody([.. columns])
        {
            From = [new TableReference(table.Name, Schema: reference.Schema)],
            Where = rules.RowPolicy,
        };

        // A caller who may read no column may still count rows.
        if (select.Items.Count is 0)
            select = select with { Items = [new ExpressionItem(new NumberLiteral("1"), "one")] };
        var view = new Query(select) { Limit = rules.RowPolicy is null ? null : MoreThanAnyTable };
        return new DerivedTable(view, reference.ExposedName) { Offset = reference.Offset };
    }
}

/// <summary>Collects the parameters of a query.</summary>
internal sealed class ParameterSearch : SqlRewriter
{
    public HashSet<string> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlySet<string> Find(Query query)
    {
        var search = new ParameterSearch();
        search.Rewrite(query);
        return search.Names;
    }

    public override Expression Rewrite(Expression expression)
    {
        if (expression is ParameterExpression parameter)
            Names.Add(parameter.Name);
        return base.Rewrite(expression);
    }
}
