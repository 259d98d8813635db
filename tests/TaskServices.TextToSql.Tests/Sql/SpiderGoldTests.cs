using System.Text.Json;
using TaskServices.Testing;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Tests.Sql;

public class SpiderGoldTests
{
    internal static IEnumerable<(string Id, string Database, string Sql)> ReadQueries(string path)
    {
        foreach (var line in File.ReadLines(path))
        {
            using var json = JsonDocument.Parse(line);
            yield return (json.RootElement.GetProperty("id").GetString()!, json.RootElement.GetProperty("db_id").GetString()!,
                json.RootElement.GetProperty("query").GetString()!);
        }
    }

    [Theory]
    [InlineData("spider_dev.jsonl", 0)]
    [InlineData("spider_train.jsonl", 6)]
    public void Parse_EveryGoldQuery_PrintsToAFixedPoint(string file, int allowedFailures)
    {
        var path = TestFiles.TryShared("data", "sql", "spider", file);
        Assert.SkipWhen(path is null, "The Spider queries are not here.");
        var failures = new List<string>();
        foreach (var (id, _, sql) in ReadQueries(path))
        {
            try
            {
                var query = SqlParser.Parse(sql, SqlDialect.Sqlite);
                var printed = SqlPrinter.Print(query, SqlDialect.Sqlite);
                var again = SqlParser.Parse(printed, SqlDialect.Sqlite);
                Assert.Equal(query, again);
                Assert.Equal(printed, SqlPrinter.Print(again, SqlDialect.Sqlite));
            }
            catch (SqlSyntaxException problem)
            {
                failures.Add($"{id}: {problem.Message} — {sql}");
            }
        }

        Assert.True(failures.Count <= allowedFailures, string.Join('\n', failures));
    }
}
