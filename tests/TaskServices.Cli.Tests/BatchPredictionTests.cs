using System.Text.Json;
using TaskServices.Cli.Prediction;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Cli.Tests;

public sealed class BatchPredictionTests
{
    private const string Questions = """
        {"id": 1, "db_id": "shop", "question": "first"}

        {"id": "two", "db_id": "shop", "question": "second"}
        {"id": 3, "db_id": "shop", "question": "third"}
        """;

    [Fact]
    public async Task Run_NewFile_WritesTheContractsRowsInOrder()
    {
        using var folder = new TemporaryFolder();
        var textToSql = new Echo();

        await PredictAsync(folder, textToSql);

        var lines = File.ReadAllLines(folder.Combine("out.jsonl"));
        Assert.Equal(["1", "\"two\"", "3"], lines.Select(Id));
        Assert.Equal(
            """{"id":1,"sql":"SELECT 'first'","status":"ANSWERED","confidence":0.5,"candidates":1,"prompt_tokens":10,"completion_tokens":4,"latency_ms":12.5}""",
            lines[0]);
    }

    [Fact]
    public async Task Run_SecondTime_AsksOnlyWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var first = new Echo { OnQuestion = question => { if (question is "second") { stop.Cancel(); } } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PredictAsync(folder, first, stop));
        Assert.Equal(["1"], File.ReadAllLines(folder.Combine("out.jsonl")).Select(Id));

        var second = new Echo();
        await PredictAsync(folder, second);

        Assert.Equal(["second", "third"], second.Asked);
        Assert.Equal(["1", "\"two\"", "3"], File.ReadAllLines(folder.Combine("out.jsonl")).Select(Id));
    }

    [Fact]
    public async Task Run_TornLastLine_IsDroppedAndAskedAgain()
    {
        using var folder = new TemporaryFolder();
        await PredictAsync(folder, new Echo());
        var whole = File.ReadAllText(folder.Combine("out.jsonl"));
        File.WriteAllText(folder.Combine("out.jsonl"), whole[..^20]);

        var second = new Echo();
        await PredictAsync(folder, second);

        Assert.Equal(["third"], second.Asked);
        Assert.Equal(whole, File.ReadAllText(folder.Combine("out.jsonl")));
    }

    [Fact]
    public async Task Run_QuestionsAddedBetween_EndInTheQuestionsOrder()
    {
        using var folder = new TemporaryFolder();
        await PredictAsync(folder, new Echo());
        var more = "{\"id\": 0, \"db_id\": \"shop\", \"question\": \"zeroth\"}\n" + Questions;

        var second = new Echo();
        await PredictAsync(folder, second, questions: more);

        Assert.Equal(["zeroth"], second.Asked);
        Assert.Equal(["0", "1", "\"two\"", "3"], File.ReadAllLines(folder.Combine("out.jsonl")).Select(Id));
    }

    [Fact]
    public async Task Run_OneDatabaseFails_CostsItsOwnRowOnly()
    {
        using var folder = new TemporaryFolder();
        var textToSql = new Echo
        {
            OnQuestion = question => { if (question is "second") { throw new TextToSqlException("DATABASE_CORRUPT", "Restore it."); } },
        };

        await PredictAsync(folder, textToSql);

        var rows = File.ReadAllLines(folder.Combine("out.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["ANSWERED", "ERROR", "ANSWERED"], rows.Select(row => row.GetProperty("status").GetString()));
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("sql").ValueKind);
    }

    [Theory]
    [InlineData("{\"id\":99,\"status\":\"ANSWERED\"}\n", "OUTPUT_OF_OTHER_QUESTIONS")]
    [InlineData("my diary\n", "OUTPUT_NOT_PREDICTIONS")]
    public void Open_ForeignFile_IsRefusedAndKept(string content, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("out.jsonl", content);

        var error = Assert.Throws<CliException>(() => PredictionFile.Open(path, new HashSet<string> { "1" }));

        Assert.Equal(reason, error.Reason);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Theory]
    [InlineData("{\"id\": 1, \"db_id\": \"shop\"}", "BAD_QUESTION_ROW")]
    [InlineData("not json", "BAD_QUESTION_ROW")]
    [InlineData("[]", "BAD_QUESTION_ROW")]
    [InlineData("{\"id\": 1, \"db_id\": \"a\", \"question\": \"\\ud800\"}", "BAD_QUESTION_ROW")]
    [InlineData("{\"id\": 1, \"db_id\": \"a\", \"question\": \"q\"}\n{\"id\": 1, \"db_id\": \"a\", \"question\": \"q\"}", "DUPLICATE_ID")]
    public void ReadFile_BadRow_NamesTheLine(string content, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("in.jsonl", content);

        var error = Assert.Throws<CliException>(() => QuestionRow.ReadFile(path));

        Assert.Equal(reason, error.Reason);
        Assert.Contains($"line {content.Split('\n').Length}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FindDatabases_NameThatLeavesTheFolder_IsLeftOut()
    {
        using var folder = new TemporaryFolder();
        var rows = QuestionRow.ReadFile(folder.Write("in.jsonl", """
            {"id": 1, "db_id": "../../etc/passwd", "question": "q"}
            {"id": 2, "db_id": "..", "question": "q"}
            {"id": 3, "db_id": "shop", "question": "q"}
            """));

        var databases = BatchPrediction.FindDatabases("/data", rows);

        Assert.Equal("sqlite:/data/shop/shop.sqlite", Assert.Single(databases).Value);
    }

    private static async Task PredictAsync(
        TemporaryFolder folder, ITextToSql textToSql, CancellationTokenSource? stop = null, string questions = Questions)
    {
        var rows = QuestionRow.ReadFile(folder.Write("in.jsonl", questions));
        using var output = PredictionFile.Open(folder.Combine("out.jsonl"), rows.Select(row => row.Key).ToHashSet());
        await BatchPrediction.RunAsync(textToSql, rows, output, _ => { }, stop?.Token ?? TestContext.Current.CancellationToken);
    }

    private static string Id(string line) => JsonDocument.Parse(line).RootElement.GetProperty("id").GetRawText();

    /// <summary>Answers every question with a query that returns it.</summary>
    private sealed class Echo : ITextToSql
    {
        public List<string> Asked { get; } = [];

        public Action<string> OnQuestion { get; init; } = _ => { };

        public IReadOnlyCollection<string> DatabaseNames => ["shop"];

        public ITextToSql ForPrincipal(Principal principal) => this;

        public Task<SqlPrediction> GenerateAsync(string databaseName, string question, CancellationToken cancellationToken)
        {
            OnQuestion(question);
            cancellationToken.ThrowIfCancellationRequested();
            Asked.Add(question);
            return Task.FromResult(new SqlPrediction
            {
                Status = PredictionStatus.Answered,
                Sql = $"SELECT '{question}'",
                Confidence = 0.5,
                CandidateCount = 1,
                PromptTokenCount = 10,
                CompletionTokenCount = 4,
                Duration = TimeSpan.FromMilliseconds(12.5),
            });
        }

        public Task<QueryResult> ExecuteAsync(
            string databaseName, SqlPrediction prediction, QueryLimits limits, CancellationToken cancellationToken) => throw new NotSupportedException();

        public GuardVerdict Validate(string databaseName, string sql) => throw new NotSupportedException();

        public string Explain(string databaseName, string sql) => throw new NotSupportedException();

        public DatabaseSchema GetSchema(string databaseName) => throw new NotSupportedException();
    }
}
