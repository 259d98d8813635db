using Dapper;
using MySqlConnector;
using Npgsql;
using TaskServices.Testing;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Audit;
using TaskServices.TextToSql.Tests.Schema;

namespace TaskServices.TextToSql.Tests.Audit;

/// <summary>The log as a table: one chain for all writers, a login that can only append, and the same verification as of a file.</summary>
public sealed class AuditTableTests
{
    private const string SqliteTable = "CREATE TABLE taskservices_audit (seq INTEGER PRIMARY KEY, record TEXT NOT NULL)";

    [Fact]
    public async Task AppendAsync_Sqlite_KeepsTheChainAndVerifyFindsEveryChange()
    {
        using var files = new SqliteFiles(SqliteTable);
        var url = "sqlite:" + files.Database;
        await AppendAsync(url, writers: 3, each: 5);
        var report = AuditVerification.Verify(url);
        Assert.Equal((15, 15, null), (report.Records, report.Questions, report.Problem));
        Assert.Null(AuditVerification.Verify(url, report.LastHash).Problem);

        files.Run("DELETE FROM taskservices_audit WHERE seq = 15");
        Assert.Contains("no record has the hash", AuditVerification.Verify(url, report.LastHash).Problem, StringComparison.Ordinal);
        files.Run("DELETE FROM taskservices_audit WHERE seq = 7");
        Assert.Contains("line 7: record 8 stands here, and record 7 was expected", AuditVerification.Verify(url).Problem, StringComparison.Ordinal);
        files.Run("UPDATE taskservices_audit SET record = replace(record, 'Größe', 'x') WHERE seq = 3");
        Assert.Contains("line 3: the record was changed", AuditVerification.Verify(url).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppendAsync_Postgres_InsertsWithALoginThatCanDoNothingElse()
    {
        var owner = RealPostgres.TryCreateDatabase();
        Assert.SkipWhen(owner is null, RealPostgres.Absent);
        await using var connection = new NpgsqlConnection(owner);
        var role = "auditor_" + Guid.NewGuid().ToString("N");
        await connection.ExecuteAsync(Script("PostgreSQL").Replace("taskservices_auditor", role, StringComparison.Ordinal));
        var server = new NpgsqlConnectionStringBuilder(owner);
        var url = $"postgres://{role}:change-me@127.0.0.1:{server.Port}/{server.Database}";
        await AppendAsync(url, writers: 4, each: 10);
        Assert.Equal((40, null), (AuditVerification.Verify(url).Records, AuditVerification.Verify(url).Problem));

        await using var login = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(owner) { Username = role, Password = "change-me" }.ToString());
        foreach (var change in (string[])["DELETE FROM taskservices_audit", "UPDATE taskservices_audit SET record = ''", "TRUNCATE taskservices_audit", "DROP TABLE taskservices_audit"])
            await Assert.ThrowsAsync<PostgresException>(() => login.ExecuteAsync(change));
        var text = string.Concat(await connection.QueryAsync<string>("SELECT record FROM taskservices_audit"));
        Assert.DoesNotContain("change-me", text, StringComparison.Ordinal);
        Assert.Contains("my word is ***", text, StringComparison.Ordinal);

        await connection.ExecuteAsync("DELETE FROM taskservices_audit WHERE seq = 12");
        Assert.Contains("line 12: record 13 stands here", AuditVerification.Verify(url).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppendAsync_MariaDb_KeepsTheChain()
    {
        var owner = RealMariaDb.TryCreateDatabase();
        Assert.SkipWhen(owner is null, RealMariaDb.Absent);
        var server = new MySqlConnectionStringBuilder(owner);
        await using var connection = new MySqlConnection(owner);
        await connection.ExecuteAsync("CREATE TABLE taskservices_audit (seq BIGINT PRIMARY KEY, record MEDIUMTEXT CHARACTER SET utf8mb4 NOT NULL)");
        var url = $"mysql://{server.UserID}:{Uri.EscapeDataString(server.Password)}@127.0.0.1:{server.Port}/{server.Database}";
        await AppendAsync(url, writers: 4, each: 5);
        Assert.Equal((20, null), (AuditVerification.Verify(url).Records, AuditVerification.Verify(url).Problem));
    }

    [Fact]
    public async Task AppendAsync_TableThatFails_StopsWithoutThePassword()
    {
        using var files = new SqliteFiles("CREATE TABLE other (a INT)");
        Assert.Throws<AuditException>(() => AuditLog.Open(new("sqlite:" + files.Database), [], _ => { }));
        var nobody = Assert.Throws<AuditException>(() => AuditLog.Open(new("postgres://auditor:s3cret@127.0.0.1:1/audit"), [], _ => { }));
        Assert.DoesNotContain("s3cret", nobody.Message, StringComparison.Ordinal);
        Assert.Throws<AuditException>(() => AuditLog.Open(new("sqlserver://a@b/c"), [], _ => { }));

        var warnings = new List<string>();
        var log = AuditLog.Open(new("sqlite:" + files.Database, ContinueOnFailure: true), [], warnings.Add);
        Assert.Null(await log.AppendAsync("question", _ => { }));
        Assert.Equal(2, warnings.Count);
    }

    [Fact]
    public async Task AppendAsync_TableThatBecameShorter_Stops()
    {
        using var files = new SqliteFiles(SqliteTable);
        var log = AuditLog.Open(new("sqlite:" + files.Database), [], _ => { });
        await log.AppendAsync("question", _ => { });
        await log.AppendAsync("question", _ => { });
        files.Run("DELETE FROM taskservices_audit WHERE seq = 2");
        await Assert.ThrowsAsync<AuditException>(() => log.AppendAsync("question", _ => { }));
    }

    private static Task AppendAsync(string url, int writers, int each) => Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
    {
        var log = AuditLog.Open(new(url), [], _ => { });
        for (var i = 0; i < each; i++)
            await log.AppendAsync("question", json => json.WriteString("question", log.Text.Clean($"Größe {writer} 'of' \"it\" \\ 😀 {i}; my word is change-me")));
    }));

    /// <summary>Gets one engine's part of docs/roles/audit.sql.</summary>
    private static string Script(string engine)
    {
        var text = File.ReadAllText(TestFiles.InRepository("docs", "roles", "audit.sql"));
        var start = text.IndexOf("-- " + engine + "\n", StringComparison.Ordinal);
        return text[start..text.IndexOf("\n\n", start, StringComparison.Ordinal)];
    }
}
