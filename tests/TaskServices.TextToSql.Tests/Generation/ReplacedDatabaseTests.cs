using Dapper;
using Npgsql;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Tests.Generation;

public sealed class ReplacedDatabaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Register_NameThatIsTaken_ClosesTheOldConnectionsAfterTheirQueries()
    {
        var owner = RealPostgres.TryCreateDatabase();
        Assert.SkipWhen(owner is null, RealPostgres.Absent);
        var server = new NpgsqlConnectionStringBuilder(owner);
        await using var connection = new NpgsqlConnection(owner);
        await connection.ExecuteAsync("CREATE TABLE a(x text); INSERT INTO a SELECT repeat('x', 1000) FROM generate_series(1, 20000)");
        var url = DatabaseUrl.Parse($"postgres://{server.Username}:{Uri.EscapeDataString(server.Password!)}@127.0.0.1:{server.Port}/{server.Database}");
        await using var host = new AnsweringHost(_ => "");
        await using var registry = new DatabaseRegistry(host.Tokenizer, TimeProvider.System);
        registry.Register("shop", url, null);
        var old = await registry.GetAsync("shop", Principal.Local, Token);
        await using (var running = await old.Executor.ExecuteAsync(new("SELECT x FROM a"), old.Grant, QueryLimits.Default with { Rows = 100_000, ResultBytes = 1L << 30 }, Token))
        {
            await using var rows = running.ReadRowsAsync(Token).GetAsyncEnumerator(Token);
            Assert.True(await rows.MoveNextAsync());

            registry.Register("shop", url, null);
            await WaitForAsync(1); // the running query's, and no idle one
            var count = 1;
            while (await rows.MoveNextAsync())
                count++;
            Assert.Equal(20_000, count);
        }

        await WaitForAsync(0);
        Assert.Equal(["a"], (await registry.GetAsync("shop", Principal.Local, Token)).Schema.Tables.Select(table => table.Name));

        async Task WaitForAsync(int expected)
        {
            var connections = -1;
            for (var i = 0; i < 300 && connections != expected; i++)
            {
                await Task.Delay(50, Token);
                connections = await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'taskservices' AND datname = current_database()");
            }

            Assert.Equal(expected, connections);
        }
    }
}
