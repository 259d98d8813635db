using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;
using TaskServices.TextToSql.Tests.Schema;

namespace TaskServices.TextToSql.Tests.Linking;

public sealed class LiteralRepairTests
{
    [Theory]
    [InlineData("country.name = 'FRANCE'", "country.name = 'France'")] // case
    [InlineData("country.code = 'France'", "country.name = 'France'")] // another column of the query's tables
    [InlineData("country.name = 'Pariss'", "country.name = 'Pariss'")] // near a value of another column
    [InlineData("country.name = 'Germny'", "country.name = 'Germany'")] // a letter less
    [InlineData("country.name = 'Lake Constance'", "city.name = 'Lake Constance'")] // only one column of the schema
    [InlineData("country.name <> 'france'", "country.name <> 'France'")]
    [InlineData("country.name IN ('france', 'Spain')", "country.name IN ('France', 'Spain')")]
    [InlineData("country.name = 'Spain'", "country.name = 'Spain'")] // as stored
    [InlineData("country.code = 'Both'", "country.code = 'Both'")] // two columns store it
    [InlineData("country.population = '5'", "country.population = '5'")] // a number's column
    [InlineData("t1.code = 'France'", "t1.code = 'France'")] // an alias
    [InlineData("country.name LIKE 'france'", "country.name LIKE 'france'")]
    public void Rewrite_TextThatTheColumnLacks_IsPutRightWhereNothingElseCanBeMeant(string condition, string expected)
    {
        using var files = new SqliteFiles("""
            CREATE TABLE country(name TEXT, code TEXT, population INTEGER, slogan TEXT, motto TEXT);
            INSERT INTO country VALUES ('France', 'FR', 5, 'Both', 'Both'), ('Spain', 'ES', 6, NULL, NULL), ('Germany', 'DE', 7, NULL, NULL);
            CREATE TABLE city(name TEXT);
            INSERT INTO city VALUES ('Paris'), ('Lake Constance');
            """);
        var repair = new LiteralRepair(ValueIndex.Build(files.Database, SqliteSchemaReader.Read(files.Database), CancellationToken.None), new HashSet<string> { "country" });

        var repaired = SqlPrinter.Print(repair.Rewrite(SqlParser.Parse($"SELECT 1 FROM country WHERE {condition}", SqlDialect.Sqlite)), SqlDialect.Sqlite);

        Assert.Equal($"SELECT 1 FROM country WHERE {expected}", repaired);
        Assert.Equal(condition == expected ? 0 : 1, repair.Repairs.Count);
    }
}
