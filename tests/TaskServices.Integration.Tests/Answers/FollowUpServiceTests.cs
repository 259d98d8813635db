using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using TaskServices.Examples.BiClient;
using TaskServices.TextToSql.Audit;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests.Answers;

public sealed class FollowUpServiceTests
{
    private const string List = "SELECT FirstName FROM Customer";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_FollowUp_ChangesTheQueryBeforeWithoutTheModel()
    {
        var asked = new List<string>();
        await using var server = await StartAsync(asked);

        var events = await server.AskAsync(new() { SchemaId = "chinook", Question = "only those from France", Previous = new() { Question = "List the\ncustomers", Sql = List } });

        Assert.Equal((List + " WHERE Country = 'France'", Proto.AnswerOrigin.FollowUp), (events[0].Sql.Sql, events[0].Sql.Origin));
        Assert.Contains("\"List the customers\"", events[0].Sql.Note, StringComparison.Ordinal);
        Assert.Equal(5, events[^1].Summary.RowCount);
        Assert.Empty(asked);
    }

    [Fact]
    public async Task GenerateSql_NotAFollowUp_IsAnsweredByTheModelWithANote()
    {
        var asked = new List<string>();
        await using var server = await StartAsync(asked);

        var sql = (await server.Client.GenerateSqlAsync(
            new() { SchemaId = "chinook", Question = "How many customers are there in all?", Previous = new() { Question = "q", Sql = "DROP TABLE Customer" } }, cancellationToken: Cancellation)).GeneratedSql;

        Assert.Equal((Proto.SqlStatus.Answered, Proto.AnswerOrigin.Model), (sql.Status, sql.Origin));
        Assert.NotEmpty(sql.Note);
        Assert.NotEmpty(asked);
    }

    [Fact]
    public async Task GenerateSql_SameQuestion_ComesFromTheCacheOfItsTenantOnly()
    {
        await using var server = await StartAsync([]);

        var (first, second) = (await AskAsync("a"), await AskAsync("a"));
        var (other, again) = (await AskAsync("b"), await AskAsync("b"));
        Assert.Equal((false, true, false, true), (first, second, other, again));

        async Task<bool> AskAsync(string tenant) => (await server.Client.GenerateSqlAsync(
            new() { SchemaId = "chinook", Question = "How many customers?" }, GivenSchemaTests.Tenant(tenant), cancellationToken: Cancellation)).GeneratedSql.IsCached;
    }

    [Fact]
    public async Task GenerateSql_PreviousWithoutSql_IsABadField()
    {
        await using var server = await StartAsync([]);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.GenerateSqlAsync(
            new() { SchemaId = "chinook", Question = "top 5", Previous = new() { Question = "q" } }, cancellationToken: Cancellation));

        GivenSchemaTests.AssertError(error, StatusCode.InvalidArgument, "INVALID_FIELDS");
        Assert.Contains("previous.sql", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateSql_FollowUpOverRest_Works()
    {
        await using var server = await StartAsync([]);

        using var response = await server.Server.Rest.PostAsJsonAsync(
            new Uri("/v1/schemas/chinook:generateSql", UriKind.Relative), new { question = "how many?", previous = new { question = "q", sql = List } }, Cancellation);

        var sql = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("generatedSql");
        Assert.Equal(("SELECT count(*) FROM Customer", "ANSWER_ORIGIN_FOLLOW_UP"), (sql.GetProperty("sql").GetString(), sql.GetProperty("origin").GetString()));
    }

    [Fact]
    public async Task FollowUp_OfAnAuditedServer_HasItsRecord()
    {
        var folder = Directory.CreateTempSubdirectory("taskservices-audit-");
        try
        {
            var path = Path.Combine(folder.FullName, "audit.jsonl");
            await using var server = await AnsweringServer.StartAsync(
                _ => "select count(*) from customer", wrap: inner => new AuditedTextToSql(inner, AuditLog.Open(new(path), [], _ => { }), new Dictionary<string, string>()));

            await server.AskAsync(new() { SchemaId = "chinook", Question = "top 5", Previous = new() { Question = "q", Sql = List + " ORDER BY FirstName" } });

            var records = File.ReadAllLines(path).Select(line => JsonElement.Parse(line)).ToArray();
            Assert.Equal(["question", "execution"], records.Select(record => record.GetProperty("kind").GetString()));
            Assert.Equal("SELECT FirstName FROM Customer ORDER BY FirstName LIMIT 5", records[0].GetProperty("sql").GetString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task BiClient_QuestionAndFollowUp_ShowsRowsExplanationAndChart()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "select customer.country, count(*) from customer group by customer.country");
        var output = new StringWriter();

        var answered = await new Dashboard(server.Client, output).RunAsync("chinook", ["How many customers by country?", "top 3"], Cancellation);
        var refused = await new Dashboard(server.Client, output).RunAsync("chinook", ["Delete all customers."], Cancellation);
        var failed = await new Dashboard(server.Client, output).RunAsync("nowhere", ["Who?"], Cancellation);

        Assert.Equal((true, false, false), (answered, refused, failed));
        var text = output.ToString();
        Assert.Contains("schema chinook: Album, ", text, StringComparison.Ordinal);
        Assert.Contains("24 rows", text, StringComparison.Ordinal);
        Assert.Contains("USA | 13", text, StringComparison.Ordinal);
        Assert.Contains("chart: Bar x=Country y=count(*)", text, StringComparison.Ordinal);
        Assert.Contains("note: Read as a follow-up of \"How many customers by country?\".", text, StringComparison.Ordinal);
        Assert.Contains("no answer [WRITE_REQUESTED]", text, StringComparison.Ordinal);
        Assert.Contains("failed [UNKNOWN_DATABASE]", text, StringComparison.Ordinal);
    }

    private static Task<AnsweringServer> StartAsync(List<string> asked) => AnsweringServer.StartAsync(question =>
    {
        lock (asked)
        {
            asked.Add(question);
        }

        return "select count(*) from customer";
    });
}
