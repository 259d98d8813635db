using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Execution.Servers;

/// <summary>Introspection on the real engines, as the least privileged login.</summary>
public sealed class ServerSchemaTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.MySql)]
    public async Task ReadSchemaAsync_LeastPrivilegedLogin_SeesWhatItMayRead(SqlDialect dialect)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);

        var schema = await database.Executor.ReadSchemaAsync("shop", TimeSpan.FromSeconds(30), Token);

        Assert.Equal(["orders", "users"], schema.Tables.Select(table => table.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["id", "name"], schema.FindTable("users")!.Columns.Select(column => column.Name));
        CheckOrders(schema);
    }

    [Fact]
    public async Task ReadSchemaAsync_DuckDb_SeesEveryTable()
    {
        await using var database = await ServerDatabase.StartAsync(SqlDialect.DuckDb);

        var schema = await database.Executor.ReadSchemaAsync("shop", TimeSpan.FromSeconds(30), Token);

        Assert.Equal(["orders", "secrets", "users"], schema.Tables.Select(table => table.Name).Order(StringComparer.Ordinal));
        CheckOrders(schema);
    }

    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.MySql)]
    public async Task ReadSchemaAsync_AfterAChange_HasAnotherFingerprint(SqlDialect dialect)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);
        var before = await database.Executor.ReadSchemaAsync("shop", TimeSpan.FromSeconds(30), Token);
        var again = await database.Executor.ReadSchemaAsync("other", TimeSpan.FromSeconds(30), Token);

        await database.AsOwnerAsync("ALTER TABLE orders ADD COLUMN discount INTEGER");
        var after = await database.Executor.ReadSchemaAsync("shop", TimeSpan.FromSeconds(30), Token);

        Assert.Equal(before.Fingerprint, again.Fingerprint);
        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
        Assert.NotNull(after.FindTable("orders")!.FindColumn("discount"));
    }

    private static void CheckOrders(DatabaseSchema schema)
    {
        var orders = schema.FindTable("orders")!;
        Assert.Equal(["id", "user_id", "amount", "placed_on", "note"], orders.Columns.Select(column => column.Name));
        Assert.Equal(
            [ColumnType.Number, ColumnType.Number, ColumnType.Number, ColumnType.Time, ColumnType.Text], orders.Columns.Select(column => column.Type));
        Assert.Equal(["id"], orders.PrimaryKey);
        var key = Assert.Single(schema.ForeignKeys);
        Assert.Equal(("orders", "user_id", "users", "id"), (key.Table, key.Columns.Single(), key.ReferencedTable, key.ReferencedColumns.Single()));
    }
}
