using Microsoft.Data.Sqlite;
using TaskServices.Testing;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Tests.Sql;

namespace TaskServices.TextToSql.Tests.Guard;

public class GuardReprintTests
{
    [Fact]
    public void Check_SpiderDevGold_ReprintGivesTheSameRows()
    {
        var queries = TestFiles.TryShared("data", "sql", "spider", "spider_dev.jsonl");
        var databases = TestFiles.TryShared("data", "sql", "spider", "database");
        Assert.SkipWhen(queries is null || databases is null, "The Spider queries and databases are not here.");
        var different = new List<string>();
        var total = 0;
        foreach (var group in SpiderGoldTests.ReadQueries(queries).GroupBy(query => query.Database))
        {
            var file = Path.Combine(databases, group.Key, group.Key + ".sqlite");
            var ddl = Path.Combine(databases, group.Key, "schema.sql");
            if (!File.Exists(file) || !File.Exists(ddl))
                continue;
            var schema = SchemaDdl.Parse(File.ReadAllText(ddl), SqlDialect.Sqlite);
            using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
            connection.Open();
            foreach (var (id, _, sql) in group)
            {
                var verdict = SqlGuard.Check(sql, SqlDialect.Sqlite, schema, AccessGrant.Everything(schema), GuardOptions.Default).Verdict;
                var expected = Rows(connection, sql);
                if (expected is "error")
                    continue; // strings in double quotes, which this build of SQLite refuses
                total++;
                if (!verdict.Accepted || expected != Rows(connection, verdict.Sql!))
                    different.Add($"{id}: {sql} — {verdict.Sql ?? verdict.Message}");
            }
        }

        Assert.SkipWhen(total is 0, "No databases with a schema.sql.");
        Assert.True(different.Count <= total * 0.01, $"{different.Count} of {total}\n" + string.Join('\n', different));
    }

    private static string Rows(SqliteConnection connection, string sql)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
                rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i))));
            return string.Join('\n', rows.Order(StringComparer.Ordinal));
        }
        catch (SqliteException)
        {
            return "error";
        }
    }
}
