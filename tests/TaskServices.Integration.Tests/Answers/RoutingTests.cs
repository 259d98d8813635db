using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TaskServices.TextToSql.Answers.Routing;
using TaskServices.TextToSql.Configuration;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests.Answers;

public sealed class RoutingTests
{
    private const string Sql = "SELECT count(*) FROM Customer WHERE Country = 'France'";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateSql_Unsure_IsAnsweredByTheEndpointThroughTheGuard()
    {
        await using var endpoint = await Endpoint.StartAsync(_ => (200, $"```sql\n{Sql};\n```"));
        await using var server = await StartAsync(endpoint, "unanswerable");

        var sql = await GenerateAsync(server, "How many French customers?");

        Assert.Equal((Proto.SqlStatus.Answered, Proto.AnswerOrigin.Endpoint, Sql), (sql.Status, sql.Origin, sql.Sql));
        Assert.Equal(1000 * 2 / 1e6 + 10 * 8 / 1e6, sql.EndpointCost, 1e-12);
        var request = Assert.Single(endpoint.Requests);
        Assert.Equal("Bearer secret", request.Authorization);
        Assert.Contains("CREATE TABLE Customer (CustomerId INTEGER", request.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Brazil", request.Body, StringComparison.Ordinal); // no stored value

        // The answer is kept; its price is not paid again.
        var again = await GenerateAsync(server, "How many French customers?");
        Assert.Equal((true, false), (again.IsCached, again.HasEndpointCost));
        var metrics = await server.Server.Rest.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation);
        Assert.Contains("taskservices_text_to_sql_answers", metrics, StringComparison.Ordinal);
        Assert.Contains("origin=\"endpoint\"", metrics, StringComparison.Ordinal);
        Assert.Contains("origin=\"cache\"", metrics, StringComparison.Ordinal);
        Assert.Contains("taskservices_text_to_sql_endpoint_cost", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateSql_Sure_StaysHere()
    {
        await using var endpoint = await Endpoint.StartAsync(_ => (200, Sql));
        await using var server = await StartAsync(endpoint, "select count(*) from customer", below: 0);

        Assert.Equal(Proto.AnswerOrigin.Model, (await GenerateAsync(server, "How many customers are there?")).Origin);
        Assert.Equal("WRITE_REQUESTED", (await GenerateAsync(server, "Delete all customers.")).Reason);
        Assert.Empty(endpoint.Requests);
    }

    [Theory]
    [InlineData(200, "DROP TABLE Customer")]
    [InlineData(200, "SELECT * FROM sqlite_master")]
    [InlineData(200, "UNANSWERABLE")]
    [InlineData(200, "")]
    [InlineData(401, "no")]
    [InlineData(503, "busy")]
    public async Task GenerateSql_EndpointIsOfNoUse_LeavesTheAnswerAsItWas(int status, string text)
    {
        await using var endpoint = await Endpoint.StartAsync(_ => (status, text));
        await using var server = await StartAsync(endpoint, "unanswerable");

        var sql = await GenerateAsync(server, "How many French customers?");

        Assert.Equal((Proto.SqlStatus.Unanswerable, "NOT_IN_SCHEMA", Proto.AnswerOrigin.Model), (sql.Status, sql.Reason, sql.Origin));
        Assert.Equal(status is 503 ? 3 : 1, endpoint.Requests.Count);
    }

    [Fact]
    public async Task GenerateSql_EndpointBusyOnce_IsTriedAgain()
    {
        await using var endpoint = await Endpoint.StartAsync(count => count is 1 ? (429, "") : (200, Sql));
        await using var server = await StartAsync(endpoint, "unanswerable");

        Assert.Equal(Proto.AnswerOrigin.Endpoint, (await GenerateAsync(server, "How many French customers?")).Origin);
    }

    private static Task<AnsweringServer> StartAsync(Endpoint endpoint, string answer, double below = 1) => AnsweringServer.StartAsync(
        _ => answer, routing: new EndpointOptions(endpoint.BaseUrl, "large", new Secret("secret"), below, new TokenPrices(2, 8)));

    private static async Task<Proto.GeneratedSql> GenerateAsync(AnsweringServer server, string question) =>
        (await server.Client.GenerateSqlAsync(new() { SchemaId = "chinook", Question = question }, cancellationToken: Cancellation)).GeneratedSql;

    /// <summary>A chat endpoint that says what the test tells it.</summary>
    private sealed class Endpoint(WebApplication server) : IAsyncDisposable
    {
        public ConcurrentQueue<(string Body, string? Authorization)> Requests { get; } = [];

        public Uri BaseUrl => new(server.Urls.First() + "/v1");

        public static async Task<Endpoint> StartAsync(Func<int, (int Status, string Text)> answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var server = builder.Build();
            var endpoint = new Endpoint(server);
            server.Run(async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                endpoint.Requests.Enqueue((await reader.ReadToEndAsync(context.RequestAborted), context.Request.Headers.Authorization));
                var (status, text) = answer(endpoint.Requests.Count);
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(JsonSerializer.Serialize(new
                {
                    choices = new[] { new { message = new { content = text } } },
                    usage = new { prompt_tokens = 1000, completion_tokens = 10 },
                }));
            });
            await server.StartAsync(Cancellation);
            return endpoint;
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
