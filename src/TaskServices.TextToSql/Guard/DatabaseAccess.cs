using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Guard;

/// <summary>What one role, or everyone, may read of one database.</summary>
/// <param name="Roles">Roles that have the grant; empty for every principal.</param>
/// <param name="Tables">Columns by table; null for all columns. The table <c>*</c> stands for all tables.</param>
/// <param name="Policies">Conditions in SQL by table.</param>
/// <param name="Masks">Expressions in SQL by <c>table.column</c>; null where the column is refused.</param>
public sealed record RoleGrant(
    IReadOnlyList<string> Roles,
    IReadOnlyDictionary<string, IReadOnlyCollection<string>?> Tables,
    IReadOnlyDictionary<string, string> Policies,
    IReadOnlyDictionary<string, string?> Masks);

/// <summary>The grants of one database, and what they mean for a principal.</summary>
/// <remarks>
/// The columns of all grants that a principal has add up; their restrictions do too: every policy of a table holds, and what one grant masks is
/// masked. A principal without a grant sees nothing.
/// </remarks>
public sealed class DatabaseAccess(IReadOnlyList<RoleGrant> grants)
{
    /// <summary>Gets the numbers of the grants that a principal has: those with the same numbers see the same tables and columns.</summary>
    public IReadOnlyList<int> Matching(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return [.. Enumerable.Range(0, grants.Count).Where(i => grants[i].Roles.Count is 0 || grants[i].Roles.Any(principal.Roles.Contains))];
    }

    /// <summary>Gets what a principal may read.</summary>
    /// <exception cref="TextToSqlException">
    /// Reason <c>GRANT_INVALID</c> (a table, column, policy or mask that does not fit the schema) or <c>PRINCIPAL_INCOMPLETE</c> (a policy needs a
    /// tenant and the principal has none).
    /// </exception>
    public AccessGrant Resolve(Principal principal, DatabaseSchema schema, SqlDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(principal);
        var parameters = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["principal"] = principal.Name };
        if (principal.Tenant is not null)
            parameters["tenant"] = principal.Tenant;
        return Build([.. Matching(principal).Select(i => grants[i])], schema, dialect, parameters, name => parameters.ContainsKey(name));
    }

    /// <summary>Checks every grant against a schema, whoever has it.</summary>
    /// <exception cref="TextToSqlException">Reason <c>GRANT_INVALID</c>.</exception>
    public void Validate(DatabaseSchema schema, SqlDialect dialect)
    {
        foreach (var grant in grants)
            Build([grant], schema, dialect, new Dictionary<string, object?>(), name => name is "tenant" or "principal");
    }

    private static AccessGrant Build(
        IReadOnlyList<RoleGrant> grants, DatabaseSchema schema, SqlDialect dialect, IReadOnlyDictionary<string, object?> parameters, Func<string, bool> isKnown)
    {
        var columns = new Dictionary<string, HashSet<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, granted) in grants.SelectMany(grant => grant.Tables))
        {
            foreach (var table in name is "*" ? schema.Tables : [Table(schema, name)])
            {
                foreach (var column in granted ?? [.. table.Columns.Select(column => column.Name)])
                {
                    if (!columns.TryGetValue(table.Name, out var set))
                        columns[table.Name] = set = new(StringComparer.OrdinalIgnoreCase);
                    set.Add(Column(table, column).Name);
                }
            }
        }

        var reads = new HashSet<(string, string)>();
        var policies = new Dictionary<string, Expression>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, text) in grants.SelectMany(grant => grant.Policies))
        {
            foreach (var table in name is "*" ? schema.Tables : [Table(schema, name)])
            {
                var condition = Bind(text, table, schema, dialect, reads, isKnown, $"the policy of {table.Name}");
                policies[table.Name] = policies.TryGetValue(table.Name, out var other) && !other.Equals(condition)
                    ? new BinaryExpression(BinaryOperator.And, other, condition) : condition;
            }
        }

        var masks = new Dictionary<string, Dictionary<string, Expression>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, text) in grants.SelectMany(grant => grant.Masks).OrderBy(mask => mask.Value is null))
        {
            var dot = name.LastIndexOf('.');
            var table = Table(schema, dot < 0 ? name : name[..dot]);
            var column = Column(table, dot < 0 ? "" : name[(dot + 1)..]).Name;
            if (text is null)
            {
                columns.GetValueOrDefault(table.Name)?.Remove(column);
                continue;
            }

            if (!masks.TryGetValue(table.Name, out var ofTable))
                masks[table.Name] = ofTable = new(StringComparer.OrdinalIgnoreCase);
            ofTable[column] = Bind(text, table, schema, dialect, reads, isKnown, $"the mask of {name}");
        }

        var tables = columns.ToDictionary(pair => pair.Key, pair => new TableGrant(pair.Value)
        {
            RowPolicy = policies.GetValueOrDefault(pair.Key),
            Masks = masks.GetValueOrDefault(pair.Key) ?? [],
        });
        return new(tables, parameters, reads);
    }

    /// <summary>Binds a condition or mask against its table; it may read whatever the schema has.</summary>
    private static Expression Bind(
        string text, TableSchema table, DatabaseSchema schema, SqlDialect dialect, HashSet<(string, string)> reads, Func<string, bool> isKnown, string what)
    {
        try
        {
            var expression = SqlParser.ParseExpression(text, dialect);
            var query = new Query(new SelectBody([new ExpressionItem(expression)]) { From = [new TableReference(table.Name)] });
            var bound = SqlBinder.Bind(query, schema, dialect, qualifyAll: true);
            if (ParameterSearch.Find(bound.Query).FirstOrDefault(name => !isKnown(name)) is { } unknown)
            {
                throw new TextToSqlException(
                    unknown is "tenant" ? "PRINCIPAL_INCOMPLETE" : "GRANT_INVALID",
                    unknown is "tenant" ? "Rows of this database belong to tenants, and the caller has none; say which with --tenant or in the configuration."
                        : $"{what} uses :{unknown}; known are :tenant and :principal.");
            }

            reads.UnionWith(PolicyColumns.Find(bound));
            return ((ExpressionItem)((SelectBody)bound.Query.Body).Items[0]).Expression;
        }
        catch (TextToSqlException exception) when (exception.Reason is not ("PRINCIPAL_INCOMPLETE" or "GRANT_INVALID"))
        {
            throw new TextToSqlException("GRANT_INVALID", $"{what} cannot be used: {exception.Message}", exception);
        }
    }

    private static TableSchema Table(DatabaseSchema schema, string name) => schema.FindTable(name)
        ?? throw new TextToSqlException("GRANT_INVALID", $"a grant names the table {name}, which the database lacks{Near(name, schema.Tables.Select(table => table.Name))}.");

    private static ColumnSchema Column(TableSchema table, string name) => table.FindColumn(name)
        ?? throw new TextToSqlException("GRANT_INVALID", $"a grant names the column {table.Name}.{name}, which the database lacks{Near(name, table.Columns.Select(column => column.Name))}.");

    private static string Near(string name, IEnumerable<string> known) => NearestName.Find(name, known) is { } near ? $"; did you mean {near}?" : "";

    private sealed class PolicyColumns(BoundQuery bound) : SqlRewriter
    {
        private readonly HashSet<(string, string)> _found = [];

        public static HashSet<(string, string)> Find(BoundQuery bound)
        {
            var search = new PolicyColumns(bound);
            search.Rewrite(bound.Query);
            return search._found;
        }

        public override Expression Rewrite(Expression expression)
        {
            if (expression is ColumnReference reference && bound.Resolve(reference) is { Table.Table: { } table } column)
                _found.Add((table.Name, column.Name));
            return base.Rewrite(expression);
        }
    }
}
