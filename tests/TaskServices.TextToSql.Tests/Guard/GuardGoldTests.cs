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

    [Fact]
    public void Check_MutatedStatements_NeverThrows()
    {
        const string Alphabet = "()'\"`;,.*-/+ \n<>=|a1[]{}$:@#\\\u00a0";
        var random = new Random(7);
        string[] seeds =
        [
            "SELECT u.name, count(*) FROM users u JOIN orders o ON o.user_id = u.id WHERE total > 1 GROUP BY u.name HAVING count(*) > 1 ORDER BY 2 LIMIT 3",
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT CASE WHEN n IN (1, 2) THEN 'a' ELSE CAST(n AS TEXT) END FROM r",
            new string('(', 5000) + "1", "SELECT " + string.Concat(Enumerable.Repeat("1 + ", 5000)) + "1", "SELECT " + string.Concat(Enumerable.Repeat("NOT ", 5000)) + "1",
        ];
        for (var i = 0; i < 20_000; i++)
        {
            var text = seeds[i < 10 ? i / 2 : i % 2].ToCharArray().ToList();
            for (var change = random.Next(4); change > 0 && i >= 10; change--)
            {
                var at = random.Next(text.Count);
                if (random.Next(2) is 0)
                    text.RemoveAt(at);
                else
                    text.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
            }

            var sql = new string([.. text]);
            var verdict = SqlGuard.Check(sql, (SqlDialect)(i % 5), GuardCorpusTests.Shop, GuardCorpusTests.Grant, GuardOptions.Default).Verdict;
            Assert.True(verdict.Accepted ? verdict.Sql is not null : verdict.Reason is not null, sql);
        }
    }
}
