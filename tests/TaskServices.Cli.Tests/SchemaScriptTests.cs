using TaskServices.TextToSql.Schema;

namespace TaskServices.Cli.Tests;

public sealed class SchemaScriptTests
{
    [Fact]
    public void Read_CreateTables_GivesTablesAndKeys()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("schema.sql", """
            -- two tables
            CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id));
            """);

        var schema = SchemaScript.Read(path);

        Assert.Equal(["orders", "users"], schema.Tables.Select(table => table.Name).Order());
        Assert.Equal("users", Assert.Single(schema.ForeignKeys).ReferencedTable);
    }

    [Theory]
    [InlineData("ATTACH '{0}' AS other; CREATE TABLE other.t (a)")]
    [InlineData("VACUUM INTO '{0}'")]
    [InlineData("PRAGMA temp_store_directory = '{0}'")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END")]
    [InlineData("not sql")]
    public void Read_AnythingElse_IsRefusedAndTouchesNothing(string script)
    {
        using var folder = new TemporaryFolder();
        var target = folder.Combine("target");
        var path = folder.Write("schema.sql", string.Format(System.Globalization.CultureInfo.InvariantCulture, script, target));

        var error = Assert.Throws<CliException>(() => SchemaScript.Read(path));

        Assert.Equal("BAD_SCHEMA", error.Reason);
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void Parse_Grants_KeepToWhatIsNamed()
    {
        var grant = GrantList.Parse("users(id, name), orders", Shop);

        Assert.True(grant.AllowsColumn("users", "name"));
        Assert.False(grant.AllowsColumn("users", "salary"));
        Assert.True(grant.AllowsColumn("orders", "total"));
        Assert.False(grant.AllowsTable("secrets"));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("users(id,nothing)")]
    [InlineData("users(id")]
    [InlineData("users(id) orders")]
    [InlineData("users,users")]
    public void Parse_BadGrants_IsUsage(string text) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<CliException>(() => GrantList.Parse(text, Shop)).ExitCode);

    private static DatabaseSchema Shop { get; } = new(
        "shop",
        [
            new("users", [new("id", "INTEGER", ColumnType.Number), new("name", "TEXT", ColumnType.Text), new("salary", "NUMERIC", ColumnType.Number)], ["id"]),
            new("orders", [new("total", "NUMERIC", ColumnType.Number)], []),
            new("secrets", [new("value", "TEXT", ColumnType.Text)], []),
        ],
        []);
}
