using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Sql.Functions;

public sealed class FunctionArgumentsTests
{
    [Theory]
    [InlineData("SELECT upper(n) FROM v", SqlDialect.Postgres, "ARGUMENT_TYPE", "Line 1, column 14: The function upper takes a text as argument 1, not a number")]
    [InlineData("SELECT sum(s) FROM v", SqlDialect.Postgres, "ARGUMENT_TYPE", "takes a number as argument 1, not a text")]
    [InlineData("SELECT avg(s) FROM v", SqlDialect.DuckDb, "ARGUMENT_TYPE", "takes a number as argument 1, not a text")]
    [InlineData("SELECT date_trunc('month', s) FROM v", SqlDialect.Postgres, "ARGUMENT_TYPE", "takes a date as argument 2, not a text")]
    [InlineData("SELECT abs(d) FROM v", SqlDialect.SqlServer, "ARGUMENT_TYPE", "takes a number as argument 1, not a date or time")]
    [InlineData("SELECT replace(s, 'a') FROM v", SqlDialect.Sqlite, "FUNCTION_NOT_ALLOWED", "Line 1, column 8: The function replace does not take 2 arguments; 3 expected.")]
    [InlineData("SELECT sum(*) FROM v", SqlDialect.MySql, "FUNCTION_NOT_ALLOWED", "does not take * arguments")]
    [InlineData("SELECT lpad(s, 3) FROM v", SqlDialect.Sqlite, "FUNCTION_NOT_ALLOWED", "does not exist on Sqlite")]
    [InlineData("SELECT repeat(s, 100000) FROM v", SqlDialect.Postgres, "HUGE_VALUE", "huge")]
    [InlineData("SELECT repeat(s, n) FROM v", SqlDialect.DuckDb, "HUGE_VALUE", "written as a number")]
    [InlineData("SELECT repeat(repeat(s, 100), 100) FROM v", SqlDialect.MySql, "HUGE_VALUE", "huge")]
    [InlineData("SELECT replicate(s, 101) FROM v", SqlDialect.SqlServer, "HUGE_VALUE", "at most 100 times")]
    [InlineData("SELECT lpad(s, 1000000, 'x') FROM v", SqlDialect.Postgres, "HUGE_VALUE", "at most 1000")]
    [InlineData("SELECT rpad(s, n, 'x') FROM v", SqlDialect.DuckDb, "HUGE_VALUE", "at most 1000")]
    [InlineData("SELECT space(5) FROM v", SqlDialect.MySql, "FUNCTION_NOT_ALLOWED", "not allowed")]
    public void Check_WrongArguments_SaysWhereAndWhatIsExpected(string sql, SqlDialect dialect, string reason, string message)
    {
        var verdict = Check(sql, dialect);

        Assert.Equal((false, reason), (verdict.Accepted, verdict.Reason));
        Assert.Contains(message, verdict.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT upper(n), sum(s), abs(s), length(n) FROM v", SqlDialect.Sqlite)]
    [InlineData("SELECT upper(n), round(s), year(s) FROM v", SqlDialect.MySql)]
    [InlineData("SELECT round(s), upper(n) FROM v", SqlDialect.SqlServer)]
    [InlineData("SELECT abs('-1'), upper(CAST(n AS text)), length(j ->> 'b') FROM v", SqlDialect.Postgres)]
    [InlineData("SELECT repeat(s, 100) FROM v", SqlDialect.Postgres)]
    [InlineData("SELECT trim(BOTH 'x' FROM s), weekday(d), dayofweek(d) FROM v", SqlDialect.MySql)]
    public void Check_ArgumentsThatTheEngineTakes_AreAccepted(string sql, SqlDialect dialect)
    {
        var verdict = Check(sql, dialect);

        Assert.True(verdict.Accepted, verdict.Message);
    }

    private static GuardVerdict Check(string sql, SqlDialect dialect) =>
        SqlGuard.Check(sql, dialect, FunctionEngines.Schema(dialect), AccessGrant.Everything(FunctionEngines.Schema(dialect)), GuardOptions.Default).Verdict;
}
