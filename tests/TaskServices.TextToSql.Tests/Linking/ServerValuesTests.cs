using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Tests.Execution.Servers;

namespace TaskServices.TextToSql.Tests.Linking;

public sealed class ServerValuesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.MySql)]
    [InlineData(SqlDialect.DuckDb)]
    public async Task ReadAsync_Grant_GivesItsValuesOnly(SqlDialect dialect)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);
        var schema = await database.Executor.ReadSchemaAsync("shop", TimeSpan.FromSeconds(30), Token);
        var grant = new AccessGrant(new Dictionary<string, IReadOnlyCollection<string>> { ["users"] = ["id", "name"], ["orders"] = ["id", "note"] });

        var index = await ServerValues.ReadAsync(database.Executor, dialect, schema, grant.ValuesView(schema), grant, ServerValues.Limits, Token);

        Assert.True(index.IsComplete);
        Assert.Equal([new StoredValue("users", "name", "Ann")], index.Find("ann"));
        Assert.Equal([new StoredValue("orders", "note", "Größe 'L'")], index.Find("größe 'l'"));
        Assert.Equal(4, index.Count);
        Assert.Empty(index.Find("xyzzy"));
        Assert.Empty(index.Find("hunter2"));
    }

    [Fact]
    public async Task ReadAsync_Bounds_CutItAndItSaysSo()
    {
        await using var database = await ServerDatabase.StartAsync(SqlDialect.DuckDb);
        var schema = await database.Executor.ReadSchemaAsync("shop", TimeSpan.FromSeconds(30), Token);
        var grant = AccessGrant.Everything(schema);

        var index = await ServerValues.ReadAsync(database.Executor, SqlDialect.DuckDb, schema, schema, grant, ServerValues.Limits with { ValuesPerColumn = 1 }, Token);

        Assert.False(index.IsComplete);
        Assert.Equal(4, index.Count); // one each of users.name, users.password, orders.note and secrets.word
    }
}
