using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TaskServices.Integration.Tests;

public sealed class RestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateSql_Post_ReturnsJson()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        using var response = await PostAsync(server, "/v1/schemas/shop:generateSql", new { question = "Who?" });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sql = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("generatedSql");
        Assert.Equal("SQL_STATUS_ANSWERED", sql.GetProperty("status").GetString());
        Assert.Equal("SELECT id, name FROM users", sql.GetProperty("sql").GetString());
    }

    [Fact]
    public async Task Ask_Post_StreamsOneObjectALine()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        using var response = await PostAsync(server, "/v1/schemas/shop:ask", new { question = "Who?" });

        var lines = (await response.Content.ReadAsStringAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["sql", "rowBatch", "summary"], lines.Select(line => JsonDocument.Parse(line).RootElement.EnumerateObject().First().Name));
    }

    [Fact]
    public async Task GetSchema_Unknown_IsNotFoundWithDetails()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        using var response = await server.Rest.GetAsync(new Uri("/v1/schemas/nowhere", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var details = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("details");
        Assert.Contains(details.EnumerateArray(), detail => detail.TryGetProperty("reason", out var reason) && reason.GetString() is "UNKNOWN_DATABASE");
    }

    [Fact]
    public async Task GenerateSql_BodyIsNoJson_IsBadRequest()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        using var content = new StringContent("{\"question\": ", null, "application/json");
        using var response = await server.Rest.PostAsync(new Uri("/v1/schemas/shop:generateSql", UriKind.Relative), content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task ListSchemas_ForeignHostName_IsRefused()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/schemas") { Headers = { Host = "attacker.example" } };
        using var response = await server.Rest.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static Task<HttpResponseMessage> PostAsync(RunningServer server, string path, object body) =>
        server.Rest.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Cancellation);
}
