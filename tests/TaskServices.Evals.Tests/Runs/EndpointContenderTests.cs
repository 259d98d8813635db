using System.Net;
using System.Text.Json;
using TaskServices.Evals.Commands;
using TaskServices.Evals.Contenders;
using TaskServices.Evals.Datasets;
using TaskServices.Evals.Runs;
using TaskServices.TextToSql.Answers.Routing;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Evals.Tests.Runs;

public sealed class EndpointContenderTests : IDisposable
{
    private static readonly Example Question = new() { Id = "q1", DatabaseId = "tiny", Question = "How many singers?", GoldSql = "SELECT count(*) FROM singer" };

    private readonly TinyDatabase _database = new();
    private readonly HttpListener _listener = new();
    private readonly List<(string? Key, string Body)> _requests = [];
    private readonly Uri _url;

    public EndpointContenderTests()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _url = new($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/v1");
        probe.Stop();
        _listener.Prefixes.Add(_url + "/");
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Close();
        _database.Dispose();
    }

    [Fact]
    public async Task PredictAsync_SendsSchemaRowsAndQuestion_ReadsSqlTokensAndCost()
    {
        var prediction = await AskAsync((200, Answer("Here you go:\n```sql\nSELECT count(*) FROM singer;\n```")));

        Assert.Equal((PredictionStatus.Answered, "SELECT count(*) FROM singer"), (prediction.Status, prediction.Sql));
        Assert.Equal((1_000, 50), (prediction.PromptTokens, prediction.CompletionTokens));
        Assert.Equal(0.0003 + 0.0001, prediction.Cost!.Value, 9);
        var (key, body) = Assert.Single(_requests);
        Assert.Equal("Bearer secret", key);
        Assert.Contains("CREATE TABLE singer", body, StringComparison.Ordinal);
        Assert.Contains("1 | Ann | 30", body, StringComparison.Ordinal);
        Assert.Contains("How many singers?", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PredictAsync_BusyEndpoint_IsAskedAgain()
    {
        var prediction = await AskAsync((429, "{}"), (503, "{}"), (200, Answer("SELECT 1")));

        Assert.Equal(("SELECT 1", 3), (prediction.Sql, _requests.Count));
    }

    [Theory]
    [InlineData("ftp://x")]
    [InlineData("nowhere")]
    public async Task Command_EndpointThatIsNoAddress_IsAnErrorOfOneLine(string endpoint) => Assert.Equal(ExitCodes.Environment, await EvaluateAsync(endpoint));

    [Fact]
    public async Task Command_Endpoint_IsAskedAndScored()
    {
        var serving = Serve((200, Answer("SELECT count(*) FROM singer")));

        Assert.Equal(ExitCodes.Done, await EvaluateAsync(_url.ToString(), "--prices", "0.3,2"));

        await serving.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var item = Assert.Single(RunFolder.ReadExamples(Path.Combine(_database.Folder, "run")));
        Assert.True(item.Correct);
        Assert.Equal(0.0004, item.Cost!.Value, 9);
    }

    [Theory]
    [InlineData(401, "no such key", PredictionStatus.Error)]
    [InlineData(200, "no JSON", PredictionStatus.Error)]
    [InlineData(200, """{"choices":[{"message":{"content":"UNANSWERABLE"}}]}""", PredictionStatus.Unanswerable)]
    [InlineData(200, """{"choices":[]}""", PredictionStatus.Unanswerable)]
    public async Task PredictAsync_NoQuery_SaysWhatCame(int status, string body, PredictionStatus expected)
    {
        var prediction = await AskAsync((status, body));

        Assert.Equal((expected, null), (prediction.Status, prediction.Sql));
    }

    [Theory]
    [InlineData("SELECT 1;", "SELECT 1")]
    [InlineData("```\nSELECT 2\n```", "SELECT 2")]
    [InlineData("first ```sql\nSELECT 3\n``` better ```sql\nSELECT 4;```", "SELECT 4")]
    [InlineData("```sqlite\nSELECT 5\n```", "SELECT 5")]
    [InlineData("```postgresql\nSELECT 6\n```", "SELECT 6")]
    [InlineData("```SELECT 7```", "SELECT 7")]
    [InlineData("```\nSELECT\n8```", "SELECT\n8")]
    [InlineData("```SELECT\n9```", "SELECT\n9")]
    [InlineData("  \n", null)]
    [InlineData("Unanswerable.", null)]
    public void ExtractSql_TakesTheStatement(string text, string? expected) => Assert.Equal(expected, ReplySql.Extract(text));

    private async Task<Prediction> AskAsync(params (int Status, string Body)[] answers)
    {
        await using var contender = new EndpointContender(
            new(_url, "any", "secret", new TokenPrices(0.3, 2)), new Dictionary<string, string> { ["tiny"] = _database.Path });
        var serving = Serve(answers);
        var prediction = await contender.PredictAsync(Question, TestContext.Current.CancellationToken);
        await serving.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return prediction;
    }

    private Task Serve(params (int Status, string Body)[] answers) => Task.Run(async () =>
    {
        foreach (var (status, body) in answers)
        {
            var context = await _listener.GetContextAsync();
            using var reader = new StreamReader(context.Request.InputStream);
            _requests.Add((context.Request.Headers["Authorization"], await reader.ReadToEndAsync()));
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await using var writer = new StreamWriter(context.Response.OutputStream);
            await writer.WriteAsync(body);
        }
    });

    private Task<int> EvaluateAsync(string endpoint, params string[] more)
    {
        var questions = _database.Write("questions.jsonl", JsonSerializer.Serialize(new { id = "q1", db_id = "tiny", question = "How many singers?", query = "SELECT count(*) FROM singer" }));
        return EvaluationCommand.InvokeAsync(
            ["text-to-sql", "--questions", questions, "--databases", _database.Databases, "--out", Path.Combine(_database.Folder, "run"), "--endpoint", endpoint, .. more]);
    }

    private static string Answer(string content) => JsonSerializer.Serialize(new
    {
        choices = new[] { new { message = new { role = "assistant", content } } },
        usage = new { prompt_tokens = 1_000, completion_tokens = 50 },
    });
}
