using System.Text;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Guard;

/// <summary>Statements of allowed parts that would grow beyond any memory or stack while they are checked: each is refused, and soon.</summary>
public class HostileSizeTests
{
    private static string Repeat(string piece, int count) => new StringBuilder().Insert(0, piece, count).ToString();

    [Theory]
    [InlineData(SqlDialect.DuckDb)]
    [InlineData(SqlDialect.Sqlite)]
    public void Check_OutputNamesThatDouble_IsRefused(SqlDialect dialect)
    {
        var sql = new StringBuilder("SELECT id + id AS a0");
        for (var i = 1; i < 60; i++)
            sql.Append(System.Globalization.CultureInfo.InvariantCulture, $", a{i - 1} + a{i - 1} AS a{i}");
        RefusedQuickly(sql.Append(" FROM users").ToString(), dialect);
    }

    [Fact]
    public void Check_OutputNamesNestedInEachOther_IsRefusedWithoutOverflow()
    {
        var sql = new StringBuilder($"SELECT {Repeat("lower(", 70)}name{Repeat(")", 70)} AS a0");
        for (var i = 1; i < 75; i++)
            sql.Append(System.Globalization.CultureInfo.InvariantCulture, $", {Repeat("lower(", 70)}a{i - 1}{Repeat(")", 70)} AS a{i}");
        RefusedQuickly(sql.Append(" FROM users").ToString(), SqlDialect.DuckDb);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Check_LongOutputNameUsedOften_IsRefused(SqlDialect dialect) =>
        RefusedQuickly($"SELECT id IN (1{Repeat(",1", 10_000)}) AS a FROM users WHERE 1 IN (a{Repeat(",a", 10_000)})", dialect);

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Check_StarsOfStars_IsRefused(SqlDialect dialect)
    {
        var sql = "users";
        for (var i = 0; i < 8; i++)
            sql = $"(SELECT *{Repeat(", *", 100)} FROM {sql}) AS q{i}";
        RefusedQuickly($"SELECT * FROM {sql}", dialect);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Check_ThousandsOfTables_IsRefused(SqlDialect dialect) =>
        RefusedQuickly("SELECT 1 FROM users" + string.Concat(Enumerable.Range(0, 5_000).Select(i => $", users a{i}")), dialect);

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Check_DeepNesting_IsRefused(SqlDialect dialect)
    {
        foreach (var (open, close) in new[] { ("(", ")"), ("lower(", ")"), ("NOT ", ""), ("- ", ""), ("CASE WHEN 1 = 1 THEN ", " END"), ("(SELECT ", ")"), ("CAST(", " AS INTEGER)") })
            RefusedQuickly($"SELECT {Repeat(open, 5_000)}1{Repeat(close, 5_000)} FROM users", dialect);
        RefusedQuickly($"SELECT * FROM {Repeat("(SELECT * FROM ", 3_000)}users{Repeat(") x", 3_000)}", dialect);
        RefusedQuickly($"SELECT 1{Repeat(" + 1", 15_000)}", dialect);
        RefusedQuickly($"SELECT 1{Repeat(" UNION ALL SELECT 1", 3_000)}", dialect);
        RefusedQuickly($"SELECT id FROM users WHERE id = 1{Repeat(" OR id = 1", 5_000)}", dialect);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Check_HugeLiterals_IsAnsweredQuickly(SqlDialect dialect)
    {
        RefusedQuickly($"SELECT '{new string('x', 70_000)}'", dialect);
        RefusedQuickly($"SELECT {new string('9', 70_000)}", dialect);
        Answered($"SELECT {new string('9', 60_000)} FROM users", dialect);
        Answered($"SELECT id FROM users WHERE id IN (1{Repeat(",1", 30_000)})", dialect);
        Answered($"SELECT 1{Repeat(", 1", 15_000)} FROM users ORDER BY 1{Repeat(", 1", 5_000)}", dialect);
        Answered($"WITH a AS (SELECT 1){string.Concat(Enumerable.Range(0, 2_000).Select(i => $", a{i} AS (SELECT 1)"))} SELECT id FROM users", dialect);
    }

    public static TheoryData<SqlDialect> Dialects { get; } = [.. Enum.GetValues<SqlDialect>()];

    private static void RefusedQuickly(string sql, SqlDialect dialect) =>
        Assert.False(Answered(sql, dialect).Accepted, sql[..Math.Min(sql.Length, 100)]);

    /// <summary>The bound is far above what a check takes, and far below what the growth would take.</summary>
    private static GuardVerdict Answered(string sql, SqlDialect dialect)
    {
        var check = Task.Run(() => SqlGuard.Check(sql, dialect, GuardCorpusTests.Shop, GuardCorpusTests.Grant, GuardOptions.Default).Verdict, TestContext.Current.CancellationToken);
        Assert.True(check.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), $"No answer within 30 s: {sql[..Math.Min(sql.Length, 100)]}");
        return check.Result;
    }
}
