using TaskServices.TextToSql.Knowledge;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;
using TaskServices.TextToSql.Tests.Schema;

namespace TaskServices.TextToSql.Tests.Knowledge;

public sealed class VerifiedReuseTests
{
    private const string Question = "How many singers from France are older than 30?";
    private const string Sql = "SELECT count(*) FROM singer WHERE country = 'France' AND age > 30";

    [Theory]
    [InlineData("how many singers from france are older than 30", Sql)]
    [InlineData("How many singers from Spain are older than 30?", "SELECT count(*) FROM singer WHERE country = 'Spain' AND age > 30")]
    [InlineData("How many singers from the New Zealand are older than 1,000?", "SELECT count(*) FROM singer WHERE country = 'New Zealand' AND age > 1000")]
    [InlineData("How many singers from France are not older than 30?", null)] // other words
    [InlineData("How many singers from Joe are older than 30?", null)] // a value of another column
    [InlineData("How many singers are older than 30?", null)] // a value less
    [InlineData("List singers from France older than 30", null)]
    public void TryWrite_SameWordsWithOtherValues_WritesTheQueryWithThem(string asked, string? expected) =>
        Assert.Equal(expected, TryWrite(Question, Sql, asked));

    [Fact]
    public void TryWrite_ValueThatTheQueryDoesNotName_IsNotGuessed() =>
        Assert.Null(TryWrite("Singers from France", "SELECT name FROM singer WHERE id = 1", "Singers from Spain"));

    [Fact]
    public void TryWrite_OneNumberTwice_IsNotGuessed() =>
        Assert.Null(TryWrite("Singers between 30 and 30", "SELECT name FROM singer WHERE age BETWEEN 30 AND 30", "Singers between 20 and 40"));

    private static string? TryWrite(string verified, string sql, string asked)
    {
        using var files = new SqliteFiles("""
            CREATE TABLE singer(id INTEGER, name TEXT, country TEXT, age INTEGER);
            INSERT INTO singer VALUES (1, 'Joe', 'France', 40), (2, 'Ann', 'Spain', 50), (3, 'Bob', 'New Zealand', 60);
            """);
        var values = ValueIndex.Build(files.Database, SqliteSchemaReader.Read(files.Database), CancellationToken.None);
        QuestionTemplate Template(string question) => QuestionTemplate.Create(question, ValueHints.Match(question, values));
        return VerifiedReuse.TryWrite(SqlParser.Parse(sql, SqlDialect.Sqlite), Template(verified), Template(asked)) is { } query
            ? SqlPrinter.Print(query, SqlDialect.Sqlite)
            : null;
    }
}
