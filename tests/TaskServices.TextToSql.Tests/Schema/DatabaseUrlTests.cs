using TaskServices.TextToSql.Configuration;
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
    public void Parse_DuckDb_TakesThePath() => Assert.Equal(new DatabaseUrl(SqlDialect.DuckDb, "a/b.duckdb"), DatabaseUrl.Parse("duckdb:a/b.duckdb"));

    [Theory]
    [InlineData("postgres://me:p%40ss%2Fw@db.example:6432/shop?sslmode=verify-full", SqlDialect.Postgres, "db.example", 6432, "me", "p@ss/w", "shop", "verify-full")]
    [InlineData("PostgreSQL://me%20too:a:b@10.0.0.1/My%20Shop", SqlDialect.Postgres, "10.0.0.1", null, "me too", "a:b", "My Shop", null)]
    [InlineData("mysql://me:@[::1]:3307/shop", SqlDialect.MySql, "::1", 3307, "me", "", "shop", null)]
    [InlineData("mariadb://me:secret@host/shop?sslmode=require", SqlDialect.MySql, "host", null, "me", "secret", "shop", "require")]
    [InlineData("sqlserver://me:secret@host:1444/shop", SqlDialect.SqlServer, "host", 1444, "me", "secret", "shop", null)]
    [InlineData("mssql://me:secret@host/shop?encrypt=true", SqlDialect.SqlServer, "host", null, "me", "secret", "shop", null)]
    [InlineData("SqlServer://me:secret@host/shop?Encrypt=False", SqlDialect.SqlServer, "host", null, "me", "secret", "shop", "disable")]
    [InlineData("sqlserver://me:secret@host/shop?encrypt=strict", SqlDialect.SqlServer, "host", null, "me", "secret", "shop", "strict")]
    [InlineData("sqlserver://me:secret@host/shop?encrypt=true&trustServerCertificate=true", SqlDialect.SqlServer, "host", null, "me", "secret", "shop", "require")]
    public void Parse_Server_TakesItApart(string text, SqlDialect dialect, string host, int? port, string user, string password, string database, string? sslMode)
    {
        var url = DatabaseUrl.Parse(text);

        Assert.Equal((dialect, database), (url.Dialect, url.Path));
        Assert.Equal((host, port, user, password, sslMode), (url.Server!.Host, url.Server.Port, url.Server.User, url.Server.Password!.Reveal(), url.Server.SslMode));
        Assert.True(password is "" || !url.ToString().Contains(password, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("postgres://me:own@host/db", "given", "own")]
    [InlineData("postgres://me@host/db", "given", "given")]
    [InlineData("postgres://me@host/db", null, "of PGPASSWORD")]
    [InlineData("mariadb://me@host/db", null, "of MYSQL_PWD")]
    [InlineData("sqlserver://me@host/db", null, "of SQLCMDPASSWORD")]
    public void Parse_Password_ComesFromUrlThenCallerThenEnvironment(string text, string? given, string expected)
    {
        var url = DatabaseUrl.Parse(text, given is null ? null : new Secret(given), name => "of " + name);

        Assert.Equal(expected, url.Server!.Password!.Reveal());
    }

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
    [InlineData("duckdb:", "DATABASE_URL_INVALID")]
    [InlineData("sqlserver://me:secret@host", "DATABASE_URL_INVALID")]
    [InlineData("sqlserver://me:secret@host/db?sslmode=require", "DATABASE_URL_INVALID")]
    [InlineData("sqlserver://me:secret@host/db?encrypt=secret", "DATABASE_URL_INVALID")]
    [InlineData("sqlserver://me:secret@host/db?encrypt=true&encrypt=false", "DATABASE_URL_INVALID")]
    [InlineData("sqlserver://me:secret@host/db?encrypt=strict&trustServerCertificate=true", "DATABASE_URL_INVALID")]
    [InlineData("mssql:secret", "DATABASE_URL_INVALID")]
    [InlineData("postgres://me:secret@host", "DATABASE_URL_INVALID")]
    [InlineData("postgres://me:secret@host/", "DATABASE_URL_INVALID")]
    [InlineData("postgres://me:secret@host/a/b", "DATABASE_URL_INVALID")]
    [InlineData("postgres://host/db", "DATABASE_URL_INVALID")]
    [InlineData("postgres://:secret@host/db", "DATABASE_URL_INVALID")]
    [InlineData("postgres://me:secret@host:99999/db", "DATABASE_URL_INVALID")]
    [InlineData("postgres://me:#secret@host/db", "DATABASE_URL_INVALID")]
    [InlineData("postgres://me:/secret@host/db", "DATABASE_URL_INVALID")]
    [InlineData("mysql://me:?secret@host/db", "DATABASE_URL_INVALID")]
    [InlineData("mysql://me@host/db?password=secret", "DATABASE_URL_INVALID")]
    [InlineData("mysql://me@host/db?sslmode=secret", "DATABASE_URL_INVALID")]
    [InlineData("mysql:secret", "DATABASE_URL_INVALID")]
    [InlineData("nowhere.sqlite", "DATABASE_NOT_FOUND")]
    public void Parse_Other_NamesTheReasonWithoutSecrets(string url, string reason)
    {
        var exception = Assert.Throws<TextToSqlException>(() => DatabaseUrl.Parse(url));

        Assert.Equal(reason, exception.Reason);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
