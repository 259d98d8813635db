using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Compact;

/// <summary>Brings a query's names and FROMs into the compact form; <see cref="CompactPrinter"/> writes the result.</summary>
/// <remarks>
/// A FROM is left out where <see cref="JoinDeriver"/> gives the same tables and keys from the columns alone, becomes a list with commas where it
/// gives them from the list, and stands as it is otherwise.
/// </remarks>
internal sealed class CompactEncoder(JoinGraph graph) : SqlRewriter
{
    private CompactScope? _scope;

    public Query Encode(Query query) => Rewrite(query);

    public override Query Rewrite(Query query)
    {
        if (query.CommonTables.Count > 0)
        {
            throw new TextToSqlException("NOT_COMPACT", "Compact SQL has no common tables.");
        }

        if (query.Body is SelectBody body)
        {
            var (rewritten, orderBy) = Encode(body, query.OrderBy);
            return query with { Body = rewritten, OrderBy = orderBy };
        }

        return query with { Body = Rewrite(query.Body), OrderBy = EncodeOutputOrder(query.OrderBy) };
    }

    public override SelectBody Rewrite(SelectBody body) => Encode(body, []).Body;

    public override Expression Rewrite(Expression expression)
    {
        if (expression is not ColumnReference column)
        {
            return base.Rewrite(expression);
        }

        if (_scope?.Find(column.Table, column.Name, out _) is { } source)
        {
            return new ColumnReference(column.Name, source.WrittenName.Length == 0 ? null : source.WrittenName);
        }

        if (column.Table is null && _scope?.Aliases.Contains(column.Name) == true)
        {
            return column;
        }

        if (column is { IsDoubleQuoted: true, Table: null })
        {
            return new StringLiteral(column.Name);
        }

        // A derived table's columns are not known here; a single one around must be meant.
        return _scope is { Sources: [{ Table: null }] }
            ? column with { Table = null }
            : throw new TextToSqlException("UNKNOWN_COLUMN", $"Column {column.Name} is in none of the query's tables.");
    }

    public override SelectItem Rewrite(SelectItem item) =>
        item is StarItem { Table: { } table } && _scope?.Sources.FirstOrDefault(source => source.IsNamed(table)) is { } source
            ? new StarItem(source.WrittenName)
            : base.Rewrite(item);

    private (SelectBody Body, EquatableList<OrderItem> OrderBy) Encode(SelectBody body, EquatableList<OrderItem> orderBy)
    {
        var outer = _scope;
        var from = FlatFrom.Read(body.From);
        var sources = NameSources(from, outer);
        var aliases = body.Items.OfType<ExpressionItem>().Select(item => item.Alias).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        _scope = new(outer, sources, aliases);
        try
        {
            var encoded = base.Rewrite(body with { From = [] });
            var order = List(orderBy, Rewrite);
            var correlated = OuterUse.Exists(encoded, order, sources, outer);
            return Finish(encoded, order, from, sources, correlated);
        }
        finally
        {
            _scope = outer;
        }
    }

    private (SelectBody Body, EquatableList<OrderItem> OrderBy) Finish(
        SelectBody body, EquatableList<OrderItem> orderBy, FlatFrom from, IReadOnlyList<CompactSource> sources, bool correlated)
    {
        if (from.Sources.Count == 0)
        {
            return (body, orderBy);
        }

        if (from.IsInner && !correlated && sources.All(source => source.Table is not null && source.WrittenName == source.Table.Name))
        {
            var (pairs, rest) = from.SplitConditions(this);
            var (wherePairs, where) = FlatFrom.SplitWhere(body.Where, sources);
            if (rest.Count == 0)
            {
                var wanted = pairs.Concat(wherePairs).ToHashSet(StringComparer.Ordinal);
                var tables = sources.Select(source => source.Table!.Name).ToList();
                var bare = body with { Where = where };
                var mentioned = OwnColumns.Of(bare, orderBy).Tables.ToList();
                if (!bare.Items.OfType<StarItem>().Any(star => star.Table is null) && mentioned.Count > 0 && Derives(mentioned, tables, wanted))
                {
                    return (bare, orderBy);
                }

                if (Derives(tables, tables, wanted))
                {
                    return (bare with { From = [.. tables.Select(TableSource (table) => new TableReference(table))] }, orderBy);
                }
            }
        }

        return (body with { From = [from.Write(this, sources)] }, orderBy);
    }

    private bool Derives(IReadOnlyList<string> order, IReadOnlyList<string> tables, IReadOnlySet<string> pairs)
    {
        try
        {
            var deriver = new JoinDeriver(graph, (reason, problem) => new TextToSqlException(reason, problem));
            foreach (var table in order)
            {
                deriver.Add(table);
            }

            return deriver.Tables.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(tables) &&
                deriver.Keys.SelectMany(JoinPairs.Of).ToHashSet(StringComparer.Ordinal).SetEquals(pairs);
        }
        catch (TextToSqlException)
        {
            return false;
        }
    }

    private List<CompactSource> NameSources(FlatFrom from, CompactScope? outer)
    {
        var counts = from.Sources.OfType<TableReference>().GroupBy(table => table.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.OrdinalIgnoreCase);
        var needsAliases = counts.Values.Any(count => count > 1) ||
            counts.Keys.Any(name => IsUsedAround(name, outer));
        var result = new List<CompactSource>();
        foreach (var source in from.Sources)
        {
            var number = AliasOffset(outer) + result.Count + 1;
            result.Add(source switch
            {
                TableReference table => new(
                    table.ExposedName,
                    graph.Schema.FindTable(table.Name) ?? throw new TextToSqlException("UNKNOWN_TABLE", $"There is no table {table.Name}."),
                    needsAliases ? $"t{number}" : graph.Schema.FindTable(table.Name)!.Name),
                DerivedTable derived => new(derived.Alias ?? "", null, derived.Alias is null || from.Sources.Count == 1 ? "" : $"t{number}"),
                _ => throw new TextToSqlException("NOT_COMPACT", "Compact SQL knows tables and derived tables only."),
            });
        }

        return result;
    }

    private static bool IsUsedAround(string table, CompactScope? outer)
    {
        for (var scope = outer; scope is not null; scope = scope.Outer)
        {
            // A subquery over the same table is plain as long as nothing in it means the outer one; see Encode's check of outer use.
            if (scope.Sources.Any(source => source.WrittenName.Equals(table, StringComparison.OrdinalIgnoreCase)) && scope.Sources.Any(source => source.Table is null))
            {
                return true;
            }
        }

        return false;
    }

    private static int AliasOffset(CompactScope? outer)
    {
        var count = 0;
        for (var scope = outer; scope is not null; scope = scope.Outer)
        {
            count += scope.Sources.Count(source => source.WrittenName.StartsWith('t') && source.WrittenName != source.Table?.Name);
        }

        return count;
    }

    private static EquatableList<OrderItem> EncodeOutputOrder(EquatableList<OrderItem> orderBy) =>
        List(orderBy, item => item.Expression is ColumnReference or NumberLiteral or FunctionCall
            ? item
            : throw new TextToSqlException("NOT_COMPACT", "A set operation can be ordered by its columns only."));
}
