using TaskServices.TextToSql.Configuration;

namespace TaskServices.TextToSql.Tests.Guard;

public sealed class ConfigurationReaderTests : IDisposable
{
    private const string Valid =
        """
        {
          // who may read what
          "databases": {
            "shop": {
              "url": "postgres://reader@db.example/shop",
              "password": { "env": "SHOP_PASSWORD" },
              "grants": [
                {
                  "roles": ["analyst"],
                  "tables": { "users": ["id", "name", "email"], "orders": "*" },
                  "policies": { "users": "tenant_id = :tenant" },
                  "masks": { "users.email": "'***'", "orders.note": null },
                },
              ],
            },
          },
          "principals": { "ann": { "tenant": "7", "roles": ["analyst"] } },
        }
        """;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Read_WholeFile_GivesDatabasesAndPrincipals()
    {
        var configuration = Read(Valid);
        var shop = configuration.Databases["shop"];
        Assert.Equal(("s3cret", "***"), (shop.Password!.Reveal(), shop.Password.ToString()));
        var ann = configuration.FindPrincipal("ann", null);
        Assert.Equal("7", ann.Tenant);
        Assert.Equal([0], shop.Access.Matching(ann));
        Assert.Empty(shop.Access.Matching(configuration.FindPrincipal(null, null)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(", \"on_failure\": \"warn\"", true)]
    public void Read_Audit_GivesTheFileBesideTheConfiguration(string onFailure, bool continues)
    {
        var audit = Read(Valid.Replace("\"principals\"", $"\"audit\": {{ \"file\": \"audit.jsonl\"{onFailure} }}, \"principals\"", StringComparison.Ordinal)).Audit;
        Assert.Equal(new(Path.Combine(Path.GetDirectoryName(_path)!, "audit.jsonl"), continues), audit);
    }

    [Theory]
    [InlineData("\"grants\"", "\"grant\"", "line 7", "databases.shop.grant", "did you mean grants?")]
    [InlineData("\"analyst\"] }", "\"analist\"] }", "line 17", "principals.ann", "did you mean analyst?")]
    [InlineData("SHOP_PASSWORD", "NO_SUCH", "line 6", "databases.shop.password.env", "NO_SUCH is not set")]
    [InlineData("reader@", "reader:pw@", "line 5", "databases.shop.url", "a password stands in the URL")]
    [InlineData("\"orders\": \"*\"", "\"orders\": 5", "line 10", "databases.shop.grants[0].tables.orders", "a list of columns")]
    [InlineData("\"url\": \"postgres://reader@db.example/shop\",", "", "line 4", "databases.shop", "url is missing")]
    [InlineData("\"principals\"", "\"audit\": { \"file\": \"a\", \"on_failure\": \"ask\" }, \"principals\"", "line 17", "audit.on_failure", "\"warn\" is expected")]
    [InlineData("\"policies\": {", "\"policies\": [", "line 11", "", "not JSON")]
    [InlineData("\"roles\": [\"analyst\"],", "\"roles\": [],", "line 8", "databases.shop.grants[0]", "grants to nobody")]
    public void Read_MistakenFile_NamesLineAndField(string what, string by, params string[] expected)
    {
        var exception = Assert.Throws<ConfigurationException>(() => Read(Valid.Replace(what, by, StringComparison.Ordinal)));
        Assert.Equal("CONFIG_INVALID", exception.Reason);
        Assert.All(expected, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eve", null, "UNKNOWN_PRINCIPAL")]
    [InlineData("ann", "8", "TENANT_MISMATCH")]
    [InlineData("", null, "UNKNOWN_PRINCIPAL")]
    public void FindPrincipal_NotAsConfigured_Throws(string name, string? tenant, string reason) =>
        Assert.Equal(reason, Assert.Throws<TextToSqlException>(() => Read(Valid).FindPrincipal(name, tenant)).Reason);

    private ServiceConfiguration Read(string text)
    {
        File.WriteAllText(_path, text);
        return ConfigurationReader.Read(_path, name => name is "SHOP_PASSWORD" ? "s3cret" : null);
    }
}
