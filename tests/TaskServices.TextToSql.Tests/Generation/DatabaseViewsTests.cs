using Dapper;
using DuckDB.NET.Data;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Generation;

public sealed class DatabaseViewsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-views-");

    private string File => Path.Combine(_folder.FullName, "shop.duckdb");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task GetAsync_ChangedSchema_IsSeenAtTheNextCheck()
    {
        var clock = new Clock();
        await RunAsync("CREATE TABLE a(x VARCHAR); INSERT INTO a VALUES ('one')");
        await using var views = new DatabaseViews("shop", new DatabaseUrl(SqlDialect.DuckDb, File), null, clock);
        var first = await GetAsync(views);
        await RunAsync("CREATE TABLE b(x VARCHAR); INSERT INTO a VALUES ('two')");

        Assert.Same(first, await GetAsync(views));
        clock.Now += DatabaseViews.CheckInterval;
        var second = await GetAsync(views);

        Assert.Equal(["a", "b"], second.Schema.Tables.Select(table => table.Name));
        Assert.NotEmpty(second.Values.Find("two"));
    }

    [Fact]
    public async Task GetAsync_NewValues_AreReadWhenTheViewIsOld()
    {
        var clock = new Clock();
        await RunAsync("CREATE TABLE a(x VARCHAR)");
        await using var views = new DatabaseViews("shop", new DatabaseUrl(SqlDialect.DuckDb, File), null, clock);
        var first = await GetAsync(views);
        await RunAsync("INSERT INTO a VALUES ('two')");

        clock.Now += DatabaseViews.CheckInterval;
        Assert.Same(first, await GetAsync(views));
        clock.Now += DatabaseViews.MaxAge;
        Assert.NotEmpty((await GetAsync(views)).Values.Find("two"));
    }

    private static async Task<RegisteredDatabase> GetAsync(DatabaseViews views) =>
        await views.GetAsync(Principal.Local, new AnsweringHost(_ => "").Tokenizer, TestContext.Current.CancellationToken);

    private async Task RunAsync(string sql)
    {
        await using var connection = new DuckDBConnection("DataSource=" + File);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(sql);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
