using System.Diagnostics;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Execution.Servers;

/// <summary>What every engine's executor does alike, on the real engines.</summary>
public sealed class ServerExecutorTests
{
    private static readonly AccessGrant Grant = new(new Dictionary<string, IReadOnlyCollection<string>>());

    public static TheoryData<SqlDialect> Engines => new(SqlDialect.Postgres, SqlDialect.MySql, SqlDialect.DuckDb);

    private const string Fourteen = "orders AS a, orders AS b, orders AS c, orders AS d, orders AS e, orders AS f, orders AS g, orders AS h, orders AS i, orders AS j, orders AS k, orders AS l, orders AS m, orders AS n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task ExecuteAsync_Select_GivesTypedCellsWithoutLoss(SqlDialect dialect)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);

        var rows = await ReadAsync(database, "SELECT orders.id, orders.amount, orders.placed_on, orders.note, orders.amount * 1.5 FROM orders ORDER BY orders.id");

        Assert.Equal([1L, 2.50m, new DateOnly(2024, 2, 29), "first"], rows[0][..4]);
        Assert.Equal(3.75m, Convert.ToDecimal(rows[0][4], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal([3L, null, null, "Größe 'L'", null], rows[2]);
    }

    [Theory]
    [InlineData(SqlDialect.Postgres, "SELECT CAST(12345678901234567890123456789012345.678 AS numeric) AS n", "12345678901234567890123456789012345.678")]
    [InlineData(SqlDialect.MySql, "SELECT CAST(12345678901234567890123456789012345.678 AS decimal(60,3)) AS n", "12345678901234567890123456789012345.678")]
    [InlineData(SqlDialect.DuckDb, "SELECT CAST(170141183460469231731687303715884105727 AS hugeint) AS n", "170141183460469231731687303715884105727")]
    public async Task ExecuteAsync_NumberBeyondDecimal_KeepsEveryDigit(SqlDialect dialect, string sql, string expected)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);

        Assert.Equal(expected, Assert.Single(await ReadRawAsync(database, sql))[0]);
    }

    [Theory]
    [InlineData(SqlDialect.Postgres, ":name")]
    [InlineData(SqlDialect.MySql, "@name")]
    [InlineData(SqlDialect.DuckDb, "$name")]
    public async Task ExecuteAsync_Parameter_IsAValueWhateverItSays(SqlDialect dialect, string mark)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);
        var sql = $"SELECT orders.id FROM orders WHERE orders.note = {mark} OR orders.note = ':name @name $name'";
        var values = new Dictionary<string, object?> { ["name"] = "Größe 'L'" };

        await using var result = await database.Executor.ExecuteAsync(new(sql, values), Grant, QueryLimits.Default, Token);

        Assert.Equal(3L, Assert.Single(await result.ReadRowsAsync(Token).ToListAsync(Token))[0]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task ExecuteAsync_RowsBytesAndCellsBeyondTheLimit_AreCutAndSaidSo(SqlDialect dialect)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);
        const string sql = "SELECT orders.id, orders.note FROM orders ORDER BY orders.id";

        await using var rows = await database.Executor.ExecuteAsync(new(sql), Grant, QueryLimits.Default with { Rows = 2 }, Token);
        Assert.Equal(2, await rows.ReadRowsAsync(Token).CountAsync(Token));
        Assert.Equal("ROW_LIMIT", rows.TruncatedBy);

        await using var bytes = await database.Executor.ExecuteAsync(new(sql), Grant, QueryLimits.Default with { ResultBytes = 30 }, Token);
        Assert.Equal(1, await bytes.ReadRowsAsync(Token).CountAsync(Token));
        Assert.Equal("BYTE_LIMIT", bytes.TruncatedBy);

        await using var cells = await database.Executor.ExecuteAsync(new(sql), Grant, QueryLimits.Default with { CellBytes = 4 }, Token);
        var cut = await cells.ReadRowsAsync(Token).ToListAsync(Token);
        Assert.Equal(["firs…", null, "Grö…"], cut.Select(row => row[1]));
        Assert.Equal("CELL_LIMIT", cells.TruncatedBy);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task ExecuteAsync_RunawayCrossJoin_EndsAtTheLimitAndTheNextQueryRuns(SqlDialect dialect)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);
        var joins = string.Concat(Enumerable.Range(0, 24).Select(i => $" CROSS JOIN orders AS t{i}"));
        var start = Stopwatch.GetTimestamp();

        var failure = await Assert.ThrowsAsync<TextToSqlException>(() => ReadAsync(
            database, $"SELECT sum(length(t0.note)) FROM orders{joins}", QueryLimits.Default with { Duration = TimeSpan.FromMilliseconds(700) }));

        Assert.Equal("QUERY_TIMED_OUT", failure.Reason);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "The engine was not stopped.");
        Assert.Equal(3, (await ReadAsync(database, "SELECT orders.id FROM orders")).Count);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task ExecuteAsync_Cancelled_StopsTheEngine(SqlDialect dialect)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);
        var joins = string.Concat(Enumerable.Range(0, 24).Select(i => $" CROSS JOIN orders AS t{i}"));
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(500));

        var query = new ExecutableQuery($"SELECT sum(length(t0.note)) FROM orders{joins}");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await using var result = await database.Executor.ExecuteAsync(query, Grant, QueryLimits.Default, cancellation.Token);
            await result.ReadRowsAsync(cancellation.Token).ToListAsync(CancellationToken.None);
        });
        Assert.Equal(3, (await ReadAsync(database, "SELECT orders.id FROM orders")).Count);
    }

    [Theory]
    [InlineData(SqlDialect.Postgres, "SELECT g FROM generate_series(1, 1000000) AS g")]
    [InlineData(SqlDialect.MySql, "SELECT a.id FROM " + Fourteen + " LIMIT 1000000")]
    [InlineData(SqlDialect.DuckDb, "SELECT range FROM range(1000000)")]
    public async Task RunAsync_AMillionRows_StreamsThem(SqlDialect dialect, string sql)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);
        await using var result = await database.Executor.RunAsync(new(sql), QueryLimits.Default with { Rows = 2_000_000, ResultBytes = 1L << 30 }, Token);
        long count = 0, highest = 0;

        await foreach (var _ in result.ReadRowsAsync(Token))
        {
            if (++count % 100_000 == 0)
                highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true));
            if (count == 100_000)
                highest = GC.GetTotalMemory(forceFullCollection: true) + (16 << 20);
        }

        Assert.Equal(1_000_000, count);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) < highest + (16 << 20));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task DisposeAsync_BeforeTheEnd_GivesTheConnectionBack(SqlDialect dialect)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);
        for (var i = 0; i < 50; i++)
        {
            await using var result = await database.Executor.ExecuteAsync(
                new("SELECT a.id, b.note FROM orders AS a CROSS JOIN orders AS b CROSS JOIN orders AS c"), Grant, QueryLimits.Default with { Rows = 1 }, Token);
            Assert.Equal(1, await result.ReadRowsAsync(Token).CountAsync(Token));
        }

        Assert.Equal(3, (await ReadAsync(database, "SELECT orders.id FROM orders")).Count);
    }

    [Fact]
    public async Task ExecuteAsync_CostAboveTheLimit_IsRefusedBeforeItRuns()
    {
        await using var database = await ServerDatabase.StartAsync(SqlDialect.Postgres);

        var failure = await Assert.ThrowsAsync<TextToSqlException>(() => ReadAsync(
            database, "SELECT count(*) FROM orders AS a CROSS JOIN orders AS b CROSS JOIN orders AS c", QueryLimits.Default with { PlanCost = 1000 }));

        Assert.Equal("QUERY_TOO_EXPENSIVE", failure.Reason);
        Assert.Single(await ReadAsync(database, "SELECT count(*) FROM users", QueryLimits.Default with { PlanCost = 1000 }));
    }

    private static Task<List<object?[]>> ReadAsync(ServerDatabase database, string sql) => ReadAsync(database, sql, QueryLimits.Default);

    private static async Task<List<object?[]>> ReadAsync(ServerDatabase database, string sql, QueryLimits limits)
    {
        await using var result = await database.Executor.ExecuteAsync(new(sql), Grant, limits, Token);
        return await result.ReadRowsAsync(Token).ToListAsync(Token);
    }

    private static async Task<List<object?[]>> ReadRawAsync(ServerDatabase database, string sql)
    {
        await using var result = await database.Executor.RunAsync(new(sql), QueryLimits.Default, Token);
        return await result.ReadRowsAsync(Token).ToListAsync(Token);
    }
}
