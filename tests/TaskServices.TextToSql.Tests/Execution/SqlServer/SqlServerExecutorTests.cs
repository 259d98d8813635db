using System.Diagnostics;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Execution.SqlServer;
using TaskServices.TextToSql.Guard;
using static TaskServices.Testing.Servers.TdsTypes;

namespace TaskServices.TextToSql.Tests.Execution.SqlServer;

/// <summary>The executor on Microsoft's own driver, which talks to a double of the server.</summary>
public sealed class SqlServerExecutorTests
{
    private const string Plain = "SELECT [orders].[id] FROM [orders]";
    private static readonly AccessGrant Grant = new(new Dictionary<string, IReadOnlyCollection<string>>());

    public SqlServerExecutorTests() => Assert.SkipUnless(SqlServerCultures.AreLoaded(), "The driver needs ICU, and this process runs without.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_EveryType_IsReadWithoutLoss()
    {
        var id = System.Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff");
        var moment = new DateTime(2024, 2, 29, 12, 30, 1).AddTicks(1234567);
        TdsColumn[] columns =
        [
            BigInt("a"), Bit("b"), Float("c"), Decimal("d", 20, 4), Decimal("e", 38, 6), Money("f"), Date("g"), Time("h"), DateTime2("i"), DateTimeOffset("j"), Guid("k"), Text("l"),
            LongText("m"), Bytes("n"), BigInt("o"), Text("p"), Decimal("q", 10, 2),
        ];
        byte[][] row =
        [
            Value(long.MaxValue), Value(true), Value(0.1), DecimalValue(-123456789012345678), DecimalValue(Int128.Parse("12345678901234567890123456789012345678", null)),
            MoneyValue(-922_337.1234m), Value(new DateOnly(2024, 2, 29)), Value(new TimeSpan(12, 30, 1)), Value(moment),
            Value(new DateTimeOffset(moment, TimeSpan.FromMinutes(330))), Value(id), Value("Größe 'L'"), LongValue("long 🙂"), Value([1, 2, 255]), Null, NullText, Null,
        ];
        await using var server = new TdsServer(sql => sql == Plain ? TdsAnswer.Rows(columns, row) : TdsAnswer.Done);

        var cells = Assert.Single(await ReadAsync(server, Plain));

        Assert.Equal(
            [
                long.MaxValue, true, 0.1, -12345678901234.5678m, "12345678901234567890123456789012.345678", -922_337.1234m, new DateOnly(2024, 2, 29), "12:30:01",
                moment, "2024-02-29 12:30:01.1234567 +05:30", id.ToString(), "Größe 'L'", "long 🙂", new byte[] { 1, 2, 255 }, null, null, null,
            ],
            cells);
    }

    [Fact]
    public async Task ExecuteAsync_Query_RunsReadOnlyWithLimitsInATransactionThatIsRolledBack()
    {
        await using var server = new TdsServer(Answer);

        Assert.Equal(3, (await ReadAsync(server, Plain, QueryLimits.Default with { PlanCost = 99.5 })).Count);

        Assert.True(server.ReadOnlyIntent);
        await server.WaitForAsync("rollback", Token);
        var log = server.Log.ToArray();
        Assert.Equal(["login", "begin", Plain, "rollback"], log.Where(line => !line.StartsWith("SET ", StringComparison.Ordinal)).Take(4));
        var settings = Assert.Single(log, line => line.StartsWith("SET ", StringComparison.Ordinal));
        Assert.Contains("SET LOCK_TIMEOUT 2000;", settings, StringComparison.Ordinal);
        Assert.Contains("SET QUERY_GOVERNOR_COST_LIMIT 100;", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("commit", log);
    }

    [Fact]
    public async Task ExecuteAsync_Parameter_TravelsBesideTheText()
    {
        const string sql = "SELECT [orders].[id] FROM [orders] WHERE [orders].[note] = @name";
        await using var server = new TdsServer(Answer);
        await using var executor = new SqlServerExecutor(server.ConnectionString());

        await using var result = await executor.ExecuteAsync(new(sql, new Dictionary<string, object?> { ["name"] = "'; DROP TABLE x --" }), Grant, QueryLimits.Default, Token);
        Assert.Equal(3, await result.ReadRowsAsync(Token).CountAsync(Token));

        Assert.Contains(sql, server.Log);
        Assert.DoesNotContain(server.Log, line => line.Contains("DROP", StringComparison.Ordinal));
        var failure = await Assert.ThrowsAsync<TextToSqlException>(() => executor.ExecuteAsync(new(sql), Grant, QueryLimits.Default, Token));
        Assert.Equal("QUERY_REFUSED", failure.Reason);
    }

    [Fact]
    public async Task ExecuteAsync_RowsAndCellsBeyondTheLimit_AreCutAndSaidSo()
    {
        TdsColumn[] columns = [BigInt("id"), LongText("note")];
        await using var server = new TdsServer(sql => sql == Plain ? TdsAnswer.Rows(columns, [Value(1), LongValue("first")], [Value(2), LongValue("x")]) : TdsAnswer.Done);
        await using var executor = new SqlServerExecutor(server.ConnectionString());

        await using var rows = await executor.ExecuteAsync(new(Plain), Grant, QueryLimits.Default with { Rows = 1 }, Token);
        Assert.Equal(1, await rows.ReadRowsAsync(Token).CountAsync(Token));
        Assert.Equal("ROW_LIMIT", rows.TruncatedBy);

        await using var cells = await executor.ExecuteAsync(new(Plain), Grant, QueryLimits.Default with { CellBytes = 4 }, Token);
        Assert.Equal(["firs…", "x"], (await cells.ReadRowsAsync(Token).ToListAsync(Token)).Select(row => row[1]));
        Assert.Equal("CELL_LIMIT", cells.TruncatedBy);
    }

    [Theory]
    [InlineData(8649, 16, "QUERY_TOO_EXPENSIVE")]
    [InlineData(1222, 16, "DATABASE_LOCKED")]
    [InlineData(1205, 13, "DATABASE_LOCKED")]
    [InlineData(229, 14, "QUERY_REFUSED")]
    [InlineData(102, 15, "QUERY_REFUSED")]
    [InlineData(8623, 16, "QUERY_TOO_LARGE")]
    [InlineData(701, 17, "QUERY_TOO_LARGE")]
    [InlineData(10928, 16, "DATABASE_BUSY")]
    [InlineData(4060, 11, "DATABASE_NOT_FOUND")]
    [InlineData(8134, 16, "QUERY_FAILED")]
    [InlineData(596, 21, "DATABASE_UNREACHABLE")]
    public async Task ExecuteAsync_ErrorOfTheServer_IsTypedAndKeepsItsTextInside(int number, byte severity, string reason)
    {
        await using var server = new TdsServer(sql => sql == Plain ? TdsAnswer.Error(number, severity) : TdsAnswer.Done);

        var failure = await Assert.ThrowsAsync<TextToSqlException>(() => ReadAsync(server, Plain));

        Assert.Equal(reason, failure.Reason);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_WrongUserOrNoServer_IsSaid()
    {
        string address;
        await using (var server = new TdsServer(Answer))
        {
            address = server.ConnectionString();
            await using var stranger = new SqlServerExecutor(server.ConnectionString("stranger"));
            var refused = await Assert.ThrowsAsync<TextToSqlException>(() => stranger.ExecuteAsync(new(Plain), Grant, QueryLimits.Default, Token));
            Assert.Equal("DATABASE_LOGIN_FAILED", refused.Reason);
            Assert.DoesNotContain("Password=", refused.Message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        }

        await using var executor = new SqlServerExecutor(address.Replace("Timeout=10", "Timeout=2", StringComparison.Ordinal));
        var absent = await Assert.ThrowsAsync<TextToSqlException>(() => executor.ExecuteAsync(new(Plain), Grant, QueryLimits.Default, Token));
        Assert.Equal("DATABASE_UNREACHABLE", absent.Reason);
    }

    [Fact]
    public async Task ExecuteAsync_ServerThatDoesNotAnswer_IsToldToStopAtTheLimit()
    {
        await using var server = new TdsServer(sql => sql == Plain ? TdsAnswer.Never : Answer(sql));
        await using var executor = new SqlServerExecutor(server.ConnectionString());

        // On a machine that is busy, the first connection alone can take longer than the limit.
        await using (var first = await executor.ExecuteAsync(new("SELECT [x].[id] FROM [x]"), Grant, QueryLimits.Default, Token))
            Assert.Equal(3, await first.ReadRowsAsync(Token).CountAsync(Token));
        var start = Stopwatch.GetTimestamp();

        var failure = await Assert.ThrowsAsync<TextToSqlException>(
            () => executor.ExecuteAsync(new(Plain), Grant, QueryLimits.Default with { Duration = TimeSpan.FromMilliseconds(700) }, Token));

        var elapsed = Stopwatch.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper?.WriteLine($"stopped after {elapsed.TotalMilliseconds:0} ms of a limit of 700 ms");
        Assert.Equal("QUERY_TIMED_OUT", failure.Reason);
        Assert.True(elapsed < TimeSpan.FromSeconds(20), "The server was not told to stop.");
        Assert.Contains("attention", server.Log);
        await using var next = await executor.ExecuteAsync(new("SELECT [x].[id] FROM [x]"), Grant, QueryLimits.Default, Token);
        Assert.Equal(3, await next.ReadRowsAsync(Token).CountAsync(Token));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task ExecuteAsync_Cancelled_SendsAttention()
    {
        await using var server = new TdsServer(sql => sql == Plain ? TdsAnswer.Never : Answer(sql));
        await using var executor = new SqlServerExecutor(server.ConnectionString());
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var running = executor.ExecuteAsync(new(Plain), Grant, QueryLimits.Default, cancellation.Token);
        await server.WaitForAsync(Plain, Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await server.WaitForAsync("attention", Token);
    }

    [Fact]
    public async Task DisposeAsync_BeforeTheEnd_StopsTheServerAndUsesTheConnectionAgain()
    {
        var endless = Enumerable.Range(0, int.MaxValue).Select(i => (byte[][])[Value(i)]);
        await using var server = new TdsServer(sql => sql == Plain ? TdsAnswer.Rows([BigInt("id")], endless) : TdsAnswer.Done);
        await using var executor = new SqlServerExecutor(server.ConnectionString());

        for (var i = 0; i < 10; i++)
        {
            await using var result = await executor.ExecuteAsync(new(Plain), Grant, QueryLimits.Default with { Rows = 5 }, Token);
            Assert.Equal(5, await result.ReadRowsAsync(Token).CountAsync(Token));
        }

        Assert.Equal(10, server.Log.Count(line => line is "attention"));
        Assert.Equal(1, server.Connections);
        Assert.Equal(9, server.Log.Count(line => line is "reset"));
    }

    [Fact]
    public async Task RunAsync_WhatIsNoPlainSelect_NeverReachesTheServer()
    {
        await using var server = new TdsServer(Answer);
        await using var executor = new SqlServerExecutor(server.ConnectionString());

        var failure = await Assert.ThrowsAsync<TextToSqlException>(() => executor.RunAsync(new("SELECT 1 DROP TABLE dbo.users"), QueryLimits.Default, Token));

        Assert.Equal("QUERY_REFUSED", failure.Reason);
        Assert.Equal(["login"], server.Log);
    }

    [Fact]
    public async Task ReadSchemaAsync_AnswersOfTheCatalog_BecomeTablesAndKeys()
    {
        await using var server = new TdsServer(sql =>
            sql.Contains("sys.foreign_keys", StringComparison.Ordinal)
                ? TdsAnswer.Rows(
                    [BigInt("Id"), Text("TableName"), Text("ColumnName"), Text("ReferencedTable"), Text("ReferencedColumn")],
                    [[Value(1), Value("orders"), Value("user_id"), Value("users"), Value("id")]])
            : sql.Contains("sys.columns", StringComparison.Ordinal)
                ? TdsAnswer.Rows(
                    [Text("TableName"), Text("Name"), Text("Type"), Text("Comment"), BigInt("KeyPosition")],
                    [Value("users"), Value("id"), Value("int"), NullText, Value(1)],
                    [Value("orders"), Value("user_id"), Value("int"), Value("who ordered"), Value(0)])
            : TdsAnswer.Rows([Text("Name"), Text("Comment"), BigInt("RowEstimate")], [Value("users"), NullText, Value(3)], [Value("orders"), NullText, Null]));
        await using var executor = new SqlServerExecutor(server.ConnectionString());

        var schema = await executor.ReadSchemaAsync("shop", TimeSpan.FromSeconds(20), Token);

        Assert.Equal(["users", "orders"], schema.Tables.Select(table => table.Name));
        Assert.Equal(3, schema.Tables[0].RowEstimate);
        Assert.Equal(["id"], schema.Tables[0].PrimaryKey);
        Assert.Equal("users", Assert.Single(schema.ForeignKeys).ReferencedTable);
    }

    private static TdsAnswer Answer(string sql) =>
        sql.StartsWith("SELECT", StringComparison.Ordinal) ? TdsAnswer.Rows([BigInt("id")], [Value(1)], [Value(2)], [Value(3)]) : TdsAnswer.Done;

    private static Task<List<object?[]>> ReadAsync(TdsServer server, string sql) => ReadAsync(server, sql, QueryLimits.Default);

    private static async Task<List<object?[]>> ReadAsync(TdsServer server, string sql, QueryLimits limits)
    {
        await using var executor = new SqlServerExecutor(server.ConnectionString());
        await using var result = await executor.ExecuteAsync(new(sql), Grant, limits, Token);
        return await result.ReadRowsAsync(Token).ToListAsync(Token);
    }
}
