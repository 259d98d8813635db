using TaskServices.Testing;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;
using TaskServices.TextToSql.Tests.Guard;

namespace TaskServices.TextToSql.Tests.Sql;

public class CorpusFixedPointTests
{
    [Theory]
    [InlineData("attacks.tsv")]
    [InlineData("benign.tsv")]
    public void Print_EveryGuardStatementThatParses_IsAFixedPoint(string file)
    {
        var path = TestFiles.TryShared("data", "sql", "guard", file) ?? TestFiles.InRepository("tests", "TaskServices.TextToSql.Tests", "Guard", file);
        var parsed = 0;
        foreach (var (dialect, sql) in GuardCorpusTests.ReadRows(path))
        {
            try
            {
                var query = SqlParser.Parse(sql, dialect);
                var text = SqlPrinter.Print(query, dialect);
                Assert.Equal(text, SqlPrinter.Print(SqlParser.Parse(text, dialect), dialect));
                parsed++;
            }
            catch (SqlSyntaxException) when (parsed >= 0)
            {
                // Most attacks cannot be read at all.
            }
        }

        Assert.True(parsed > 20);
    }

    [Fact]
    public void Print_EverySpiderGoldQueryInEveryDialectThatReadsIt_IsAFixedPoint()
    {
        var path = TestFiles.InRepository("evals", "datasets", "spider-dev", "questions.jsonl");
        foreach (var (_, _, sql) in SpiderGoldTests.ReadQueries(path))
        {
            foreach (var dialect in Enum.GetValues<SqlDialect>())
            {
                if (TryParse(sql, dialect) is not { } query)
                    continue;
                var text = SqlPrinter.Print(query, dialect);
                Assert.Equal(query, SqlParser.Parse(text, dialect));
            }
        }
    }

    private static TaskServices.TextToSql.Sql.Ast.Query? TryParse(string sql, SqlDialect dialect)
    {
        try
        {
            return SqlParser.Parse(sql, dialect);
        }
        catch (SqlSyntaxException)
        {
            return null;
        }
    }
}
