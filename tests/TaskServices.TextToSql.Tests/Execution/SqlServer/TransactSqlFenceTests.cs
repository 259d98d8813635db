using TaskServices.Testing;
using TaskServices.TextToSql.Execution.SqlServer;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;
using TaskServices.TextToSql.Sql.Translation;
using TaskServices.TextToSql.Tests.Guard;
using TaskServices.TextToSql.Tests.Schema;
using TaskServices.TextToSql.Tests.Sql;

namespace TaskServices.TextToSql.Tests.Execution.SqlServer;

/// <summary>The parser fence alone.</summary>
public sealed class TransactSqlFenceTests
{
    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 1 SELECT 2")]
    [InlineData("SELECT 1\nGO\nSELECT 2")]
    [InlineData("SELECT id INTO #x FROM users")]
    [InlineData("SELECT id FROM #x")]
    [InlineData("SELECT id FROM ##x")]
    [InlineData("SELECT @x = id FROM users")]
    [InlineData("SELECT id FROM @x")]
    [InlineData("SELECT id FROM users WITH (NOLOCK)")]
    [InlineData("SELECT id FROM users (UPDLOCK)")]
    [InlineData("SELECT id FROM users TABLESAMPLE (10 PERCENT)")]
    [InlineData("SELECT id FROM users FOR SYSTEM_TIME ALL")]
    [InlineData("SELECT id FROM users FOR XML AUTO")]
    [InlineData("SELECT id FROM users FOR JSON PATH")]
    [InlineData("SELECT id FROM users FOR BROWSE")]
    [InlineData("SELECT id FROM users OPTION (RECOMPILE)")]
    [InlineData("SELECT a.id FROM users AS a INNER LOOP JOIN users AS b ON a.id = b.id")]
    [InlineData("SELECT id FROM OPENROWSET('x', 'y', 'z')")]
    [InlineData("SELECT id FROM OPENROWSET(BULK 'x', SINGLE_BLOB) AS x")]
    [InlineData("SELECT id FROM OPENQUERY(x, 'y')")]
    [InlineData("SELECT id FROM OPENXML(1, 'x')")]
    [InlineData("SELECT value FROM OPENJSON('[1]')")]
    [InlineData("SELECT id FROM f(1)")]
    [InlineData("SELECT id FROM dbo.f(1)")]
    [InlineData("SELECT id FROM CHANGETABLE(CHANGES users, 0) AS x")]
    [InlineData("SELECT id FROM (DELETE FROM users OUTPUT deleted.id) AS x")]
    [InlineData("SELECT id FROM other.dbo.users")]
    [InlineData("SELECT id FROM other..users")]
    [InlineData("SELECT id FROM [SYS].[objects]")]
    [InlineData("SELECT id FROM sysobjects")]
    [InlineData("SELECT table_name FROM INFORMATION_SCHEMA.TABLES")]
    [InlineData("SELECT dbo.f(id) FROM users")]
    [InlineData("SELECT f(id) FROM users")]
    [InlineData("SELECT [upper](id) FROM users")]
    [InlineData("SELECT x.value('a', 'int') FROM users")]
    [InlineData("SELECT a::f() FROM users")]
    [InlineData("SELECT USER")]
    [InlineData("SELECT CURRENT_USER")]
    [InlineData("SELECT SYSTEM_USER")]
    [InlineData("SELECT @@SPID")]
    [InlineData("SELECT SUSER_SNAME()")]
    [InlineData("SELECT SESSION_CONTEXT(N'tenant')")]
    [InlineData("SELECT HAS_PERMS_BY_NAME('a', 'b', 'c')")]
    [InlineData("SELECT OBJECT_DEFINITION(1)")]
    [InlineData("SELECT NEXT VALUE FOR s")]
    [InlineData("SELECT $ROWGUID FROM users")]
    [InlineData("SELECT $IDENTITY FROM users")]
    [InlineData("SELECT * FROM users")]
    [InlineData("SELECT users.* FROM users")]
    [InlineData("SELECT \"password\" FROM users")]
    [InlineData("SELECT CAST(id AS xml) FROM users")]
    [InlineData("SELECT CAST(id AS dbo.own) FROM users")]
    [InlineData("SELECT {fn NOW()}")]
    [InlineData("SELECT id FROM users WHERE CONTAINS(name, 'x')")]
    [InlineData("WITH XMLNAMESPACES ('x' AS y) SELECT id FROM users")]
    [InlineData("WITH CHANGE_TRACKING_CONTEXT(0x01) SELECT id FROM users")]
    [InlineData("SELECT id FROM users COMPUTE SUM(id)")]
    [InlineData("SELECT id FROM users;")]
    [InlineData("SELECT id -- x")]
    [InlineData("SELECT /* x */ id FROM users")]
    [InlineData("SELECT TOP 10 PERCENT id FROM users")]
    [InlineData("SELECT TOP (SELECT COUNT(*) FROM secrets) id FROM users")]
    [InlineData("SELECT 'a")]
    public void Check_WhatThePrinterNeverWrites_IsRefused(string sql) => AssertRefused(sql);

    /// <remarks>Without rows of all dialects: a plain SELECT of what is not granted is the guard's and the server's to refuse.</remarks>
    [Fact]
    public void Check_TransactSqlAttacksOfTheCorpus_AreRefused()
    {
        var rows = GuardCorpusTests.Rows("attacks.tsv", "");
        var others = rows.Where(row => row.Dialect is not SqlDialect.SqlServer).Select(row => row.Sql).ToHashSet();
        var attacks = rows.Where(row => row.Dialect is SqlDialect.SqlServer && !others.Contains(row.Sql)).Select(row => row.Sql).ToList();

        var missed = attacks.Where(sql => !IsRefused(sql)).ToList();

        Assert.True(missed.Count == 0, string.Join('\n', missed));
        Assert.True(attacks.Count > 70, $"Only {attacks.Count} attacks.");
    }

    [Theory]
    [InlineData("SELECT ", "(", "1", ")")]
    [InlineData("SELECT ", "-", "1", "")]
    [InlineData("SELECT ", "~", "1", "")]
    [InlineData("SELECT 1 WHERE ", "NOT ", "1 = 1", "")]
    [InlineData("SELECT ", "1+", "1", "")]
    [InlineData("SELECT ", "CASE WHEN 1=1 THEN ", "1", " END")]
    [InlineData("SELECT ", "CASE ", "1", " WHEN 1 THEN 1 END")]
    [InlineData("", "SELECT 1 UNION ALL ", "SELECT 1", "")]
    [InlineData("SELECT 1 WHERE 1=1 ", "OR 1=1 ", "", "")]
    [InlineData("SELECT a FROM a ", "JOIN a ON 1=1 ", "", "")]
    [InlineData("SELECT a FROM ", "a JOIN ", "a", " ON 1=1")]
    public void Check_EndlesslyNested_EndsWithAVerdict(string start, string open, string middle, string close)
    {
        foreach (var length in new[] { 1_900, 60_000, 1_000_000 })
        {
            var times = length / (open.Length + close.Length);
            _ = IsRefused(start + string.Concat(Enumerable.Repeat(open, times)) + middle + string.Concat(Enumerable.Repeat(close, times)));
        }

        AssertRefused(new string('(', 1_000));
    }

    [Fact]
    public void Check_PrintsOfGoldQueries_AreAccepted()
    {
        var queries = TestFiles.TryShared("data", "sql", "spider", "spider_dev.jsonl");
        Assert.SkipWhen(queries is null, SpiderFiles.Absent);
        var schemas = new Dictionary<string, DatabaseSchema>();
        var refused = new List<string>();
        var total = 0;
        foreach (var (_, database, sql) in SpiderGoldTests.ReadQueries(queries))
        {
            if (!schemas.TryGetValue(database, out var schema))
                schemas[database] = schema = SqliteSchemaReader.Read(SpiderFiles.TryDatabase(database)!);
            var translated = SqlTranslator.Translate(SqlParser.Parse(Evals.Metrics.SqlText.Repair(sql), SqlDialect.Sqlite), schema, SqlDialect.SqlServer);
            var verdict = SqlGuard.Check(translated, SqlDialect.SqlServer, schema, AccessGrant.Everything(schema), GuardOptions.Default).Verdict;
            Add(verdict.ExecutableSql ?? SqlPrinter.Print(translated, SqlDialect.SqlServer));
        }

        Assert.True(refused.Count == 0, $"{refused.Count} of {total}\n" + string.Join('\n', refused));
        Assert.True(total > 1_000, $"Only {total} prints.");

        void Add(string printed)
        {
            total++;
            if (Refusal(printed) is { } message)
                refused.Add($"{message} — {printed}");
        }
    }

    [Fact]
    public void Check_PrintsOfBenignStatements_AreAccepted()
    {
        var refused = new List<string>();
        var total = 0;
        foreach (var (dialect, sql) in GuardCorpusTests.Rows("", "benign.tsv"))
        {
            if (dialect is not SqlDialect.SqlServer || SqlGuard.Check(sql, dialect, GuardCorpusTests.Shop, GuardCorpusTests.Grant, GuardOptions.Default).Verdict.ExecutableSql is not { } printed)
                continue;
            total++;
            if (Refusal(printed) is { } message)
                refused.Add($"{message} — {printed}");
        }

        Assert.True(refused.Count == 0, $"{refused.Count} of {total}\n" + string.Join('\n', refused));
        Assert.True(total > 5, $"Only {total} prints.");
    }

    [Fact]
    public void Check_Parameters_AreNamed() =>
        Assert.Equal(["tenant", "x"], TransactSqlFence.Check("SELECT [a].[id] FROM [a] WHERE [a].[t] = @tenant AND [a].[x] IN (@x, @TENANT)").Order(StringComparer.Ordinal));

    private static void AssertRefused(string sql) => Assert.True(IsRefused(sql), sql);

    private static bool IsRefused(string sql) => Refusal(sql) is not null;

    private static string? Refusal(string sql)
    {
        try
        {
            TransactSqlFence.Check(sql);
            return null;
        }
        catch (TextToSqlException exception) when (exception.Reason is "QUERY_REFUSED")
        {
            return exception.Message;
        }
    }
}
