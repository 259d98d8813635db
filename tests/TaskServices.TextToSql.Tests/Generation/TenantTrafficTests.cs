using Dapper;
using Npgsql;
using TaskServices.Testing;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Tests.Generation;

/// <summary>Many questions at once on PostgreSQL, with a policy per tenant and answers that try every way around it.</summary>
public sealed class TenantTrafficTests
{
    private const int QuestionCount = 200;
    private const int TenantCount = 4;
    private const int OrdersPerTenant = 60;

    /// <summary>Queries whose first column is the tenant of every row that they read.</summary>
    private static readonly string[] Answers =
    [
        "select orders.tenant, orders.note from orders",
        "select orders.tenant from orders where orders.tenant != 'x' or 1 = 1",
        "select max(orders.tenant) from orders union select min(orders.tenant) from orders",
        "select a.tenant from orders as a join customer as b on a.customer_id = b.id",
        "select orders.tenant from customer left join orders on orders.customer_id = customer.id where orders.id is not null",
        "select t.tenant from (select orders.tenant as tenant from orders) as t",
        "select (select orders.tenant from orders order by orders.id desc limit 1) from customer",
        "select orders.tenant, count(*) from orders group by orders.tenant",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_ManyTenantsAtOnce_GetTheirOwnRowsAndGiveConnectionsBack()
    {
        var owner = RealPostgres.TryCreateDatabase();
        Assert.SkipWhen(owner is null, RealPostgres.Absent);
        var role = "traffic_" + Guid.NewGuid().ToString("N");
        var url = await FillAsync(owner, role);
        var access = new DatabaseAccess(
            [new([], new Dictionary<string, IReadOnlyCollection<string>?> { ["*"] = null }, new Dictionary<string, string> { ["orders"] = "tenant = :tenant" }, new Dictionary<string, string?>())]);
        await using (var pipeline = new TextToSqlPipeline(new AnsweringHost(question => Answers[int.Parse(question, System.Globalization.CultureInfo.InvariantCulture)]), new()))
        {
            pipeline.Register("shop", url, access);
            var counts = await Task.WhenAll(Enumerable.Range(0, QuestionCount).Select(i => Task.Run(() => AskAsync(pipeline, i), Cancellation)));

            Assert.All(counts, count => Assert.True(count > 0));
            Assert.Equal(0, await CountSessionsAsync(owner, role, "AND state <> 'idle'"));
        }

        for (var attempt = 0; attempt < 50 && await CountSessionsAsync(owner, role, "") > 0; attempt++)
            await Task.Delay(100, Cancellation);
        Assert.Equal(0, await CountSessionsAsync(owner, role, ""));
    }

    /// <returns>How many rows were read; each is one of the caller's own.</returns>
    private static async Task<int> AskAsync(TextToSqlPipeline pipeline, int i)
    {
        var tenant = $"tenant {i % TenantCount}";
        var task = pipeline.ForPrincipal(new($"caller {i}", tenant, []));
        var prediction = await task.GenerateAsync("shop", $"{i / TenantCount % Answers.Length}", Cancellation);
        Assert.True(prediction.Status is PredictionStatus.Answered, prediction.Message);

        // Some leave before the end.
        await using var result = await task.ExecuteAsync("shop", prediction, QueryLimits.Default with { Rows = i % 3 is 0 ? 1 : 1_000 }, Cancellation);
        var rows = await result.ReadRowsAsync(Cancellation).ToListAsync(Cancellation);
        Assert.All(rows, row => Assert.Equal(tenant, row[0]));
        return rows.Count;
    }

    private static async Task<DatabaseUrl> FillAsync(string owner, string role)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.ExecuteAsync(
            $"""
             CREATE TABLE customer(id integer PRIMARY KEY, name text);
             CREATE TABLE orders(id integer PRIMARY KEY, customer_id integer REFERENCES customer(id), tenant text, note text);
             INSERT INTO customer SELECT i, 'customer ' || i FROM generate_series(1, 10) AS i;
             INSERT INTO orders SELECT i, 1 + i % 10, 'tenant ' || i % {TenantCount}, 'note ' || i FROM generate_series(1, {TenantCount * OrdersPerTenant}) AS i;
             """);
        await connection.ExecuteAsync((await File.ReadAllTextAsync(TestFiles.InRepository("docs", "roles", "postgres.sql"), Cancellation)).Replace("taskservices_reader", role, StringComparison.Ordinal));
        var builder = new NpgsqlConnectionStringBuilder(owner);
        return DatabaseUrl.Parse($"postgres://{role}:change-me@{builder.Host}:{builder.Port}/{builder.Database}");
    }

    private static async Task<long> CountSessionsAsync(string owner, string role, string condition)
    {
        await using var connection = new NpgsqlConnection(owner);
        return await connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}' {condition}");
    }
}
