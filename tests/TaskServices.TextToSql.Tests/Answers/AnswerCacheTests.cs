using TaskServices.Testing;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Tests.Generation;

namespace TaskServices.TextToSql.Tests.Answers;

public sealed class AnswerCacheTests
{
    private static readonly string Chinook = TestFiles.InRepository("examples", "chinook", "Chinook_Sqlite.sqlite");

    private int _asked;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateAsync_SameQuestionAgain_DoesNotAskTheModel()
    {
        await using var pipeline = Open(access: null);

        var first = await pipeline.GenerateAsync("chinook", "How many customers are there?", Cancellation);
        var second = await pipeline.GenerateAsync("CHINOOK", "  How many\ncustomers are there", Cancellation);
        var other = await pipeline.GenerateAsync("chinook", "How many Customers are there?", Cancellation);

        Assert.Equal((false, true, false), (first.IsCached, second.IsCached, other.IsCached));
        Assert.Equal(first.Sql, second.Sql);
        Assert.NotEqual(first.AnswerId, second.AnswerId);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task GenerateAsync_OtherTenantOrGrant_NeverGetsAnothersAnswer()
    {
        var access = new DatabaseAccess(
        [
            new(["clerk"], new Dictionary<string, IReadOnlyCollection<string>?> { ["Customer"] = null }, new Dictionary<string, string> { ["Customer"] = "Country = :tenant" }, new Dictionary<string, string?>()),
            new(["chief"], new Dictionary<string, IReadOnlyCollection<string>?> { ["*"] = null }, new Dictionary<string, string>(), new Dictionary<string, string?>()),
        ]);
        await using var pipeline = Open(access);
        Principal[] principals = [new("ann", "France", ["clerk"]), new("bob", "Germany", ["clerk"]), new("ann", "France", ["chief"]), new("ann", "Germany", ["chief"])];

        foreach (var principal in principals)
        {
            var answer = await pipeline.ForPrincipal(principal).GenerateAsync("chinook", "How many customers are there?", Cancellation);
            Assert.False(answer.IsCached);
            Assert.All(answer.Parameters, parameter => Assert.Equal(principal.Tenant, parameter.Value));
        }

        // The same grant and tenant under another name: the policy does not speak of the name.
        var colleague = await pipeline.ForPrincipal(new("cid", "France", ["clerk"])).GenerateAsync("chinook", "How many customers are there?", Cancellation);
        Assert.True(colleague.IsCached);
        Assert.Equal("France", Assert.Single(colleague.Parameters).Value);
    }

    [Fact]
    public async Task GenerateAsync_ChangedDatabase_IsAnsweredAnew()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".sqlite");
        File.Copy(Chinook, path);
        try
        {
            await using var pipeline = new TextToSqlPipeline(new AnsweringHost(Answer), new());
            pipeline.Register("chinook", DatabaseUrl.Parse("sqlite:" + path));
            await pipeline.GenerateAsync("chinook", "q", Cancellation);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));

            Assert.False((await pipeline.GenerateAsync("chinook", "q", Cancellation)).IsCached);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Fingerprint_OfAGrant_TellsPoliciesMasksColumnsAndParametersApart()
    {
        var schema = SqliteSchemaReader.Read(Chinook);
        RoleGrant[] grants =
        [
            Grant([], []), Grant(new() { ["Customer"] = "Country = 'France'" }, []), Grant(new() { ["Customer"] = "Country = 'Italy'" }, []),
            Grant([], new() { ["Customer.Email"] = null }), Grant([], new() { ["Customer.Email"] = "'x'" }), Grant([], new() { ["Customer.Phone"] = "'x'" }),
        ];
        var prints = grants.Select(grant => new DatabaseAccess([grant]).Resolve(Principal.Local, schema, SqlDialect.Sqlite).Fingerprint)
            .Concat(new[] { "a", "b" }.Select(tenant => new DatabaseAccess([Grant(new() { ["Customer"] = "Country = :tenant" }, [])]).Resolve(new("local", tenant, []), schema, SqlDialect.Sqlite).Fingerprint))
            .ToList();

        Assert.Equal(prints.Count, prints.Distinct().Count());
        Assert.Equal(prints[1], new DatabaseAccess([grants[1]]).Resolve(Principal.Local, schema, SqlDialect.Sqlite).Fingerprint);

        static RoleGrant Grant(Dictionary<string, string> policies, Dictionary<string, string?> masks) =>
            new([], new Dictionary<string, IReadOnlyCollection<string>?> { ["*"] = null }, policies, masks);
    }

    private TextToSqlPipeline Open(DatabaseAccess? access)
    {
        var pipeline = new TextToSqlPipeline(new AnsweringHost(Answer), new());
        pipeline.Register("chinook", DatabaseUrl.Parse("sqlite:" + Chinook), access);
        return pipeline;
    }

    private string Answer(string question)
    {
        Interlocked.Increment(ref _asked);
        return "select count(*) from customer";
    }
}
