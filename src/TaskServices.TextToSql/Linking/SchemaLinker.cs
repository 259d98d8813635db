using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Linking;

/// <summary>Chooses the tables of a large schema that a question is about, so that the prompt stays small. Immutable, safe from several threads.</summary>
/// <remarks>
/// The best tables by <see cref="SchemaRanking"/>, the tables on the shortest paths between them, their best neighbours, and then the next best are
/// kept within a budget of prompt tokens, in the schema's order. Joins are derived over the whole schema, whatever the prompt shows.
/// </remarks>
internal sealed class SchemaLinker(DatabaseSchema schema)
{
    private const int BestCount = 8, PathsPerTable = 3, MaxPathTables = 4, NeighboursPerTable = 3, MaxColumns = 40;

    private readonly SchemaRanking _ranking = new(schema);
    private readonly JoinGraph _graph = new(schema);

    /// <summary>Gets the part of the schema that the prompt shows.</summary>
    /// <param name="matches">Stored values that the question names.</param>
    /// <param name="budget">Most tokens of all tables together; the best table is kept whatever it takes.</param>
    /// <param name="countTokens">Tokens of one table's line.</param>
    public DatabaseSchema Prune(string question, IReadOnlyList<ValueMatch> matches, int budget, Func<TableSchema, int> countTokens)
    {
        var stems = Words.ContentStems(question).ToHashSet(StringComparer.Ordinal);
        var kept = new SortedDictionary<int, TableSchema>();
        foreach (var position in Order(_ranking.Rank(question, matches)))
        {
            var table = Narrow(schema.Tables[position], stems);
            var cost = countTokens(table);
            if (kept.Count > 0 && cost > budget)
                continue;
            budget -= cost;
            kept.Add(position, table);
            if (budget <= 0)
                break;
        }

        var names = kept.Values.Select(table => table.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new(schema.Name, [.. kept.Values], [.. schema.ForeignKeys.Where(key => names.Contains(key.Table) && names.Contains(key.ReferencedTable))]);
    }

    /// <summary>Orders the tables: the best with what joins them, what lies next to them, then the others.</summary>
    private IEnumerable<int> Order(double[] scores)
    {
        var ranked = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i).ToList();
        var best = ranked.Take(BestCount).Where(i => scores[i] > 0).ToList();
        var order = new List<int>();
        foreach (var table in best)
        {
            order.Add(table);

            // Joins must stay visible: what lies on the way from a table to the best ones comes with it.
            foreach (var other in order.Take(Math.Min(order.Count - 1, PathsPerTable)).ToList())
            {
                var path = _graph.FindPath(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { schema.Tables[other].Name }, schema.Tables[table].Name);
                if (path is { Count: <= MaxPathTables })
                    order.AddRange(path.Select(_ranking.PositionOf).Where(i => !order.Contains(i)));
            }
        }

        var neighbours = best.SelectMany(table => _ranking.Neighbours[table].OrderByDescending(i => scores[i]).Take(NeighboursPerTable));
        return order.Concat(neighbours).Concat(ranked).Distinct();
    }

    /// <summary>Leaves out columns of a very wide table: keys and columns that the question names stay.</summary>
    private TableSchema Narrow(TableSchema table, HashSet<string> stems)
    {
        if (table.Columns.Count <= MaxColumns)
            return table;
        var keys = table.PrimaryKey
            .Concat(schema.ForeignKeys.Where(key => key.Table.Equals(table.Name, StringComparison.OrdinalIgnoreCase)).SelectMany(key => key.Columns))
            .Concat(schema.ForeignKeys.Where(key => key.ReferencedTable.Equals(table.Name, StringComparison.OrdinalIgnoreCase)).SelectMany(key => key.ReferencedColumns))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var kept = table.Columns
            .OrderByDescending(column => keys.Contains(column.Name) ? int.MaxValue : Words.NameStems(column.Name).Count(stems.Contains))
            .Take(MaxColumns).ToHashSet();
        return new(table.Name, [.. table.Columns.Where(kept.Contains)], table.PrimaryKey, table.Comment);
    }
}
