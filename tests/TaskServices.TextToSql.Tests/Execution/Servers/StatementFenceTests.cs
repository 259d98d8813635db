using TaskServices.Testing;
using TaskServices.TextToSql.Execution.Servers;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Tests.Guard;
using TaskServices.TextToSql.Tests.Schema;
using TaskServices.TextToSql.Tests.Sql;

namespace TaskServices.TextToSql.Tests.Execution.Servers;

/// <summary>The word fence alone.</summary>
public sealed class StatementFenceTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 1 -- x")]
    [InlineData("SELECT 1 /* x */")]
    [InlineData("SELECT 1 /*! INTO OUTFILE 'x' */")]
    [InlineData("DELETE FROM users")]
    [InlineData("WITH x AS (DELETE FROM users RETURNING id) SELECT id FROM x")]
    [InlineData("(TABLE users)")]
    [InlineData("SELECT id INTO x FROM users")]
    [InlineData("SELECT id FROM users FOR UPDATE")]
    [InlineData("SELECT id FROM users LOCK IN SHARE MODE")]
    [InlineData("SELECT pg_sleep(10)")]
    [InlineData("SELECT pg_catalog.pg_sleep(10)")]
    [InlineData("SELECT \"pg_sleep\"(10)")]
    [InlineData("SELECT set_config('a', 'b', false)")]
    [InlineData("SELECT get_lock('a', 1)")]
    [InlineData("SELECT load_file('/etc/passwd')")]
    [InlineData("SELECT * FROM read_csv('x')")]
    [InlineData("SELECT @@version")]
    [InlineData("SELECT U&'\\0041'")]
    [InlineData("SELECT E'\\''")]
    [InlineData("SELECT $$a$$")]
    [InlineData("SELECT 'a")]
    [InlineData("")]
    public void Check_WhatThePrinterNeverWrites_IsRefused(string sql)
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
            Assert.Equal("QUERY_REFUSED", Assert.Throws<TextToSqlException>(() => StatementFence.Check(sql, dialect)).Reason);
    }

    [Fact]
    public void Check_ReprintsOfGoldQueriesInEveryDialect_Pass()
    {
        var queries = TestFiles.TryShared("data", "sql", "spider", "spider_dev.jsonl");
        Assert.SkipWhen(queries is null, SpiderFiles.Absent);
        var schemas = new Dictionary<string, DatabaseSchema>();
        var refused = new List<string>();
        var passed = 0;
        foreach (var (_, database, sql) in SpiderGoldTests.ReadQueries(queries))
        {
            if (!schemas.TryGetValue(database, out var schema))
                schemas[database] = schema = SqliteSchemaReader.Read(SpiderFiles.TryDatabase(database)!);
            foreach (var dialect in Enum.GetValues<SqlDialect>())
            {
                var verdict = SqlGuard.Check(SqlParser.Parse(sql, SqlDialect.Sqlite), dialect, schema, AccessGrant.Everything(schema), GuardOptions.Default).Verdict;
                if (verdict.ExecutableSql is { } printed)
                    passed += Passes(printed, dialect, refused) ? 1 : 0;
            }
        }

        Assert.True(refused.Count == 0, string.Join('\n', refused));
        Assert.True(passed > 4_000, $"Only {passed} re-prints.");
    }

    [Fact]
    public void Check_ReprintsOfBenignStatements_Pass()
    {
        var refused = new List<string>();
        var passed = 0;
        foreach (var (dialect, sql) in GuardCorpusTests.Rows("", "benign.tsv"))
        {
            var verdict = SqlGuard.Check(sql, dialect, GuardCorpusTests.Shop, GuardCorpusTests.Grant, GuardOptions.Default).Verdict;
            if (verdict.ExecutableSql is { } printed)
                passed += Passes(printed, dialect, refused) ? 1 : 0;
        }

        Assert.True(refused.Count == 0, string.Join('\n', refused));
        Assert.True(passed > 50, $"Only {passed} re-prints.");
    }

    private static bool Passes(string printed, SqlDialect dialect, List<string> refused)
    {
        try
        {
            StatementFence.Check(printed, dialect);
            return true;
        }
        catch (TextToSqlException exception)
        {
            refused.Add($"{dialect}: {exception.Message} — {printed}");
            return false;
        }
    }
}
