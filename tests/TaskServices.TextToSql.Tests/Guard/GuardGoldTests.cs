using TaskServices.Testing;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Tests.Sql;

namespace TaskServices.TextToSql.Tests.Guard;

public class GuardGoldTests
{
    [Fact]
    public void Check_SpiderDevGold_IsAccepted()
    {
        var queries = TestFiles.TryShared("data", "sql", "spider", "spider_dev.jsonl");
        var databases = TestFiles.TryShared("data", "sql", "spider", "database");
        Assert.SkipWhen(queries is null || databases is null, "The Spider queries and databases are not here.");
        var refused = new List<string>();
        var schemas = new Dictionary<string, DatabaseSchema?>();
        var total = 0;
        foreach (var (id, database, sql) in SpiderGoldTests.ReadQueries(queries))
        {
            if (!schemas.TryGetValue(database, out var schema))
            {
                var ddl = Path.Combine(databases, database, "schema.sql");
                schemas[database] = schema = File.Exists(ddl) ? SchemaDdl.Parse(File.ReadAllText(ddl), SqlDialect.Sqlite) : null;
            }

            if (schema is null)
                continue;
            total++;
            var verdict = SqlGuard.Check(sql, SqlDialect.Sqlite, schema, AccessGrant.Everything(schema), GuardOptions.Default).Verdict;
            if (!verdict.Accepted)
                refused.Add($"{id} {database}: {verdict.Message} — {sql}");
        }

        Assert.SkipWhen(total is 0, "No schema.sql beside the databases.");
        Assert.True(refused.Count <= total * 0.01, string.Join('\n', refused));
    }
}
