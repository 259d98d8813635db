using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Schema;

public sealed class DatabaseUrlTests
{
    [Theory]
    [InlineData("sqlite:a/b.db", "a/b.db")]
    [InlineData("SQLite:/a b.db", "/a b.db")]
    [InlineData("sqlite:///a.db", "/a.db")]
    public void Parse_Sqlite_TakesThePath(string url, string path) =>
        Assert.Equal(new DatabaseUrl(SqlDialect.Sqlite, path), DatabaseUrl.Parse(url));

    [Fact]
    public void Parse_BarePathOfAFile_IsSqlite()
    {
        using var files = new SqliteFiles("CREATE TABLE a(x)");

        Assert.Equal(new DatabaseUrl(SqlDialect.Sqlite, files.Database), DatabaseUrl.Parse(files.Database));
    }

    [Theory]
    [InlineData("", "DATABASE_URL_INVALID")]
    [InlineData("sqlite:", "DATABASE_URL_INVALID")]
    [InlineData("sqlite:a\nb", "DATABASE_URL_INVALID")]
    [InlineData("oracle://x", "DATABASE_URL_INVALID")]
    [InlineData("postgres://me:secret@host/db", "ENGINE_NOT_SUPPORTED")]
    [InlineData("duckdb:x.db", "ENGINE_NOT_SUPPORTED")]
    [InlineData("nowhere.sqlite", "DATABASE_NOT_FOUND")]
    public void Parse_Other_NamesTheReasonWithoutSecrets(string url, string reason)
    {
        var exception = Assert.Throws<TextToSqlException>(() => DatabaseUrl.Parse(url));

        Assert.Equal(reason, exception.Reason);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
