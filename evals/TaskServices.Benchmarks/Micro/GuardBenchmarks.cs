using BenchmarkDotNet.Attributes;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.Benchmarks.Micro;

/// <summary>Parse, bind, guard and print of one statement: Spider's queries on their own schemas, and on a schema of 1,000 tables.</summary>
[Config(typeof(LatencyConfig))]
public class GuardBenchmarks
{
    private const int Tables = 1000;

    private IReadOnlyList<(DatabaseSchema Schema, AccessGrant Grant, string Sql)> _ordinary = [];

    private IReadOnlyList<(DatabaseSchema Schema, AccessGrant Grant, string Sql)> _large = [];

    private int _index;

    [GlobalSetup]
    public void Load()
    {
        var grants = new Dictionary<DatabaseSchema, AccessGrant>(ReferenceEqualityComparer.Instance);
        var items = SpiderQueries.Read(every: 1);
        foreach (var item in items)
        {
            grants.TryAdd(item.Schema, AccessGrant.Everything(item.Schema));
        }

        _ordinary = [.. items.Select(item => (item.Schema, grants[item.Schema], item.Sql))];

        // Each database once under its own names, the rest of the tables filled up with copies.
        _large =
        [
            .. items.GroupBy(item => item.Schema).SelectMany(database =>
            {
                var schema = Enlarge(database.Key);
                var grant = AccessGrant.Everything(schema);
                return database.Select(item => (schema, grant, item.Sql));
            }),
        ];
    }

    [IterationSetup]
    public void Next() => _index++;

    [Benchmark]
    public bool Ordinary() => Check(_ordinary);

    [Benchmark]
    public bool ThousandTables() => Check(_large);

    private bool Check(IReadOnlyList<(DatabaseSchema Schema, AccessGrant Grant, string Sql)> statements)
    {
        var (schema, grant, sql) = statements[_index % statements.Count];
        return SqlGuard.Check(sql, SqlDialect.Sqlite, schema, grant, GuardOptions.Default).Verdict.Accepted;
    }

    private static DatabaseSchema Enlarge(DatabaseSchema schema)
    {
        List<TableSchema> tables = [.. schema.Tables];
        List<ForeignKey> keys = [.. schema.ForeignKeys];
        for (var copy = 1; tables.Count < Tables; copy++)
        {
            tables.AddRange(schema.Tables.Select(table => table with { Name = $"{table.Name}_{copy}" }).Take(Tables - tables.Count));
            var names = tables.Select(table => table.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            keys.AddRange(schema.ForeignKeys
                .Select(key => key with { Table = $"{key.Table}_{copy}", ReferencedTable = $"{key.ReferencedTable}_{copy}" })
                .Where(key => names.Contains(key.Table) && names.Contains(key.ReferencedTable)));
        }

        return new DatabaseSchema(schema.Name, tables, keys);
    }
}
