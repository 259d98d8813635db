using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Compact;

/// <summary>Builds one FROM: each table is joined to the ones before it along the shortest path of foreign keys.</summary>
/// <param name="graph">The schema's keys.</param>
/// <param name="fail">Makes the error for a reason and a problem.</param>
internal sealed class JoinDeriver(JoinGraph graph, Func<string, string, Exception> fail)
{
    private readonly HashSet<string> _joined = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _tables = [];
    private readonly List<ForeignKey> _keys = [];

    /// <summary>Gets the tables so far, in the order of the FROM.</summary>
    public IReadOnlyList<string> Tables => _tables;

    /// <summary>Gets the keys by which they are joined.</summary>
    public IReadOnlyList<ForeignKey> Keys => _keys;

    public TableSource? Source { get; private set; }

    public bool Contains(string table) => _joined.Contains(table);

    /// <summary>Adds a source as it stands, joined by what it says itself or not at all.</summary>
    /// <param name="tables">Schema tables in it, under their own names.</param>
    public void AddAsWritten(TableSource source, IEnumerable<string> tables)
    {
        foreach (var table in tables.Where(_joined.Add))
            _tables.Add(table);
        Source = Source is null ? source : new JoinedTable(JoinKind.Cross, Source, source);
    }

    /// <summary>Adds a table and, where it needs them, the tables between.</summary>
    public void Add(string table)
    {
        if (_joined.Contains(table))
            return;
        if (Source is null)
        {
            AddAsWritten(new TableReference(table), [table]);
            return;
        }

        var path = graph.FindPath(_joined, table)
            ?? throw fail("NO_JOIN_PATH", $"no foreign keys lead from {string.Join(", ", _tables.DefaultIfEmpty("the other sources"))} to {table}.");
        for (var i = 1; i < path.Count; i++)
            Join(path[i - 1], path[i]);
    }

    private void Join(string before, string table)
    {
        var keys = graph.KeysBetween(before, table);
        if (keys.Count > 1)
        {
            var conditions = keys.Select(key => string.Join(
                " and ", key.Columns.Zip(key.ReferencedColumns, (column, referenced) => $"{key.Table}.{column} = {key.ReferencedTable}.{referenced}")));
            throw fail("AMBIGUOUS_JOIN", $"{before} and {table} are joined by several keys ({string.Join("; ", conditions)}); say which in FROM.");
        }

        _joined.Add(table);
        _tables.Add(table);
        _keys.Add(keys[0]);
        Source = new JoinedTable(JoinKind.Inner, Source!, new TableReference(table), JoinGraph.Condition(keys[0]));
    }
}
