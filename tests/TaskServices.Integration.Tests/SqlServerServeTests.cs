using System.Net.Http.Json;
using System.Text.Json;
using TaskServices.Testing.Servers;

namespace TaskServices.Integration.Tests;

/// <summary><c>serve</c> as a process in front of the double of SQL Server.</summary>
public sealed class SqlServerServeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_SqlServerUrl_StreamsTheRowsAndUsesItsConnectionsAgain()
    {
        await using var server = new TdsServer(TdsShop.Answer);
        var url = FormattableString.Invariant($"shop=sqlserver://reader:p@127.0.0.1:{server.Port}/shop?encrypt=false");
        await using var serving = await ServeProcess.StartReadyAsync("--database", url);
        using var client = new HttpClient { BaseAddress = serving.Rest };

        for (var i = 0; i < 3; i++)
        {
            using var response = await client.PostAsJsonAsync(
                new Uri("/v1/schemas/shop:ask", UriKind.Relative), new { question = "How many customers are from Brazil?" }, Cancellation);
            var lines = (await response.Content.ReadAsStringAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length is 3, string.Join('\n', lines));
            using var rows = JsonDocument.Parse(lines[1]);
            Assert.Equal(2, rows.RootElement.GetProperty("rowBatch").GetProperty("rows")[0].GetProperty("cells")[0].GetProperty("integerValue").GetInt64());
        }

        Assert.Equal(1, server.Connections);
    }
}
