using System.Data.Common;
using DuckDB.NET.Data;
using MySqlConnector;
using Npgsql;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;
using TaskServices.TextToSql.Tests.Servers;

namespace TaskServices.TextToSql.Tests.Sql;

/// <summary>Whatever word a table or column has for a name: the printer quotes it where the parser, or an engine, would read something else.</summary>
public class KeywordTests
{
    public static TheoryData<SqlDialect> Dialects => [.. Enum.GetValues<SqlDialect>()];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Print_AnyKeywordAsName_ReadsBackAsThatName(SqlDialect dialect)
    {
        var wrong = SqlKeywords.All.Where(word => !ReadsBack(word, dialect)).ToList();
        Assert.True(wrong.Count is 0, string.Join(' ', wrong));
    }

    [Fact]
    public void Print_PostgresKeywordsAsNames_RunOnTheServer()
    {
        var database = RealPostgres.TryCreateDatabase();
        Assert.SkipWhen(database is null, RealPostgres.Absent);
        using var connection = new NpgsqlConnection(database);
        AssertRuns(connection, "SELECT word FROM pg_get_keywords()", SqlDialect.Postgres);
    }

    [Fact]
    public void Print_MariaDbKeywordsAsNames_RunOnTheServer()
    {
        var database = RealMariaDb.TryCreateDatabase();
        Assert.SkipWhen(database is null, RealMariaDb.Absent);
        using var connection = new MySqlConnection(database);
        AssertRuns(connection, "SELECT LOWER(word) FROM information_schema.keywords WHERE word REGEXP '^[A-Za-z_]+$'", SqlDialect.MySql);
    }

    [Fact]
    public void Print_DuckDbKeywordsAsNames_RunOnTheEngine()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        AssertRuns(connection, "SELECT keyword_name FROM duckdb_keywords()", SqlDialect.DuckDb);
    }

    [Fact]
    public void Print_AnyKeywordAsName_IsTransactSql()
    {
        var wrong = SqlKeywords.All.Where(word => TransactSql.FindError(Text(word, SqlDialect.SqlServer)) is not null).ToList();
        Assert.True(wrong.Count is 0, string.Join(' ', wrong));
    }

    private static bool ReadsBack(string word, SqlDialect dialect)
    {
        var query = new Query(new SelectBody(
            [
                new ExpressionItem(new ColumnReference(word), word),
                new ExpressionItem(new BinaryExpression(BinaryOperator.Equal, new ColumnReference("x"), new ColumnReference(word, word))),
                new ExpressionItem(new FunctionCall("count", [new ColumnReference(word)]) { Over = new(word) }),
                new ExpressionItem(new CaseExpression(new ColumnReference(word), [new(new ColumnReference(word), new ColumnReference(word))])),
                new StarItem(word),
            ])
        {
            From = [new TableReference(word, word), new DerivedTable(new(new SelectBody([new StarItem()]) { From = [new TableReference(word)] }), word)],
            Where = new ColumnReference(word),
        });
        return SqlParser.Parse(SqlPrinter.Print(query, dialect), dialect).Equals(query);
    }

    private static string Text(string word, SqlDialect dialect)
    {
        var name = SqlPrinter.PrintName(word, dialect);
        return $"SELECT {name}.{name} AS {name}, {name} + 1, max({name}) FROM (SELECT 1 AS {name}) AS {name} GROUP BY {name} ORDER BY {name}.{name}";
    }

    private static void AssertRuns(DbConnection connection, string keywords, SqlDialect dialect)
    {
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = keywords;
        var words = new List<string>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
                words.Add(reader.GetString(0));
        }

        Assert.True(words.Count > 100, "The engine lists few keywords.");
        var wrong = new List<string>();
        foreach (var word in words.Concat(SqlKeywords.All).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            try
            {
                command.CommandText = Text(word, dialect);
                command.ExecuteScalar();
            }
            catch (DbException)
            {
                wrong.Add(word);
            }
        }

        Assert.True(wrong.Count is 0, string.Join(' ', wrong));
    }
}
