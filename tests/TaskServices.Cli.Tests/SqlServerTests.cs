using Microsoft.SqlServer.TransactSql.ScriptDom;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;

namespace TaskServices.Cli.Tests;

/// <summary><c>ask</c> on a sqlserver:// URL as a process, against the double of the server.</summary>
public sealed class SqlServerTests
{
    private const string Question = "How many customers are from Brazil?";
    private static readonly Dictionary<string, string> Password = new() { ["SQLCMDPASSWORD"] = "p" };

    [Fact]
    public async Task Ask_SqlServerUrl_AnswersAndSendsNothingButTheReprint()
    {
        await using var server = new TdsServer(TdsShop.Answer);

        var result = await CliProcess.RunAsync(Password, "ask", "--format", "json", "--database", Url(server, "?encrypt=false"), Question);

        Assert.True(result.ExitCode is ExitCode.Done, result.Error);
        var answer = result.JsonLines.Single();
        Assert.Equal(2, answer.GetProperty("rows")[0][0].GetInt64());
        var sent = server.Log.Where(line => line.StartsWith("SELECT", StringComparison.Ordinal) && !line.Contains("sys.", StringComparison.Ordinal)).ToList();
        Assert.Equal(Reprint(answer.GetProperty("sql").GetString()!), sent[^1]);
        Assert.All(sent, AssertTransactSql);
        Assert.DoesNotContain("commit", server.Log);
        Assert.Equal(server.Log.Count(line => line is "begin"), server.Log.Count(line => line is "rollback"));
    }

    [Fact]
    public async Task Ask_ByConfiguration_SendsTheTenantBesideTheText()
    {
        await using var server = new TdsServer(TdsShop.Answer);
        using var folder = new TemporaryFolder();
        var file = folder.Write(
            "taskservices.json",
            $$"""
              { "databases": { "shop": {
                  "url": "{{Url(server, "?encrypt=false")}}", "password": { "env": "SHOP_PASSWORD" },
                  "grants": [ { "tables": { "customer": "*" }, "policies": { "customer": "country = :tenant" } } ] } },
                "principals": { "ann": { "tenant": "Brazil" } } }
              """);

        var result = await CliProcess.RunAsync(
            new Dictionary<string, string> { ["SHOP_PASSWORD"] = "p" }, "ask", "--config", file, "--database", "shop", "--principal", "ann", "How many customers are there?");

        Assert.True(result.ExitCode is ExitCode.Done, result.Error);
        Assert.True(server.Log.Any(line => line.Contains("count(*)", StringComparison.Ordinal) && line.Contains("country = @tenant", StringComparison.Ordinal)), string.Join('\n', server.Log));
        Assert.DoesNotContain(server.Log, line => line.Contains("Brazil", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_ServerWithoutEncryption_IsNeverToldThePassword()
    {
        await using var server = new TdsServer(TdsShop.Answer);

        var result = await CliProcess.RunAsync(Password, "ask", "--database", Url(server, ""), Question);

        Assert.Equal(ExitCode.Environment, result.ExitCode);
        Assert.Contains("DATABASE_UNREACHABLE", result.Error, StringComparison.Ordinal);
        Assert.Contains("?encrypt=false", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("login", server.Log);
    }

    [Fact]
    public async Task Ask_WithoutIcu_IsOneLineThatSaysWhatToInstall()
    {
        await using var server = new TdsServer(TdsShop.Answer);
        var environment = new Dictionary<string, string>(Password) { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" };

        var result = await CliProcess.RunAsync(environment, "ask", "--database", Url(server, "?encrypt=false"), Question);

        Assert.Equal(ExitCode.Environment, result.ExitCode);
        var line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.Contains("importing", StringComparison.Ordinal));
        Assert.Contains("DATABASE_UNREADABLE", line, StringComparison.Ordinal);
        Assert.Contains("libicu", line, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("sqlserver://me@host/db", true)]
    [InlineData("shop=SQLServer://me@host/db", true)]
    [InlineData("mssql://me@host/db", true)]
    [InlineData("--config", true)]
    [InlineData("--config=file.json", true)]
    [InlineData("postgres://me@host/db", false)]
    [InlineData("server://", false)]
    [InlineData("what is sqlserver?", false)]
    [InlineData("", false)]
    public void MayNeedThem_Argument_IsTrueForSqlServersAndConfigurations(string argument, bool expected) =>
        Assert.Equal(expected, PlatformCultures.MayNeedThem(argument));

    private static string Url(TdsServer server, string query) => FormattableString.Invariant($"sqlserver://reader@127.0.0.1:{server.Port}/shop{query}");

    private static void AssertTransactSql(string sql)
    {
        using var text = new StringReader(sql);
        new TSql160Parser(initialQuotedIdentifiers: true).Parse(text, out var errors);
        Assert.Empty(errors);
    }

    private static string? Reprint(string sql)
    {
        using var folder = new TemporaryFolder();
        var schema = SchemaScript.Read(folder.Write("shop.sql", TdsShop.Script));
        return Composition.CheckSql(sql, SqlDialect.SqlServer, schema, AccessGrant.Everything(schema)).ExecutableSql;
    }
}
