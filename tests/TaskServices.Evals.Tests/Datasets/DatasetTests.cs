using TaskServices.Evals.Datasets;

namespace TaskServices.Evals.Tests.Datasets;

public sealed class DatasetTests : IDisposable
{
    private const string Good = """{"id": "a", "db_id": "tiny", "question": "How many?", "query": "SELECT 1"}""";

    private readonly TinyDatabase _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadAll_MissingFile_NamesIt()
    {
        var exception = Assert.Throws<EvaluationException>(() => Example.ReadAll("no/such.jsonl", null));
        Assert.Equal("FILE_NOT_FOUND", exception.Reason);
        Assert.Contains("no/such.jsonl", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\": \"b\", ")]
    [InlineData("[1, 2]")]
    [InlineData("null")]
    [InlineData("{\"id\": \"b\", \"db_id\": \"tiny\", \"question\": \"x\"}")]
    [InlineData("{\"id\": 5, \"db_id\": \"tiny\", \"question\": \"x\", \"query\": \"y\"}")]
    [InlineData("{\"id\": \"b\", \"db_id\": \"\", \"question\": \"x\", \"query\": \"y\"}")]
    public void ReadAll_BadLine_NamesItsNumber(string line)
    {
        var path = _folder.Write("q.jsonl", Good + "\n\n" + line + "\n");
        var exception = Assert.Throws<EvaluationException>(() => Example.ReadAll(path, null));
        Assert.Equal("DATASET_LINE_INVALID", exception.Reason);
        Assert.Contains("q.jsonl:3:", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadAll_DuplicateId_NamesBothLines()
    {
        var path = _folder.Write("q.jsonl", Good + "\n" + Good + "\n");
        var exception = Assert.Throws<EvaluationException>(() => Example.ReadAll(path, null));
        Assert.Equal("DATASET_ID_DUPLICATE", exception.Reason);
        Assert.Contains(":2: id 'a' stands on line 1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadAll_NoRows_SaysEmpty() =>
        Assert.Equal("DATASET_EMPTY", Assert.Throws<EvaluationException>(() => Example.ReadAll(_folder.Write("q.jsonl", "\n"), null)).Reason);

    [Theory]
    [InlineData("elsewhere")]
    [InlineData("../databases/tiny")]
    public void Resolve_UnknownDatabase_NamesItemAndDatabase(string database)
    {
        var example = new Example { Id = "a7", DatabaseId = database, Question = "?", GoldSql = "SELECT 1" };
        var exception = Assert.Throws<EvaluationException>(() => new DatabaseFolders([_folder.Databases]).Resolve([example]));
        Assert.Equal("UNKNOWN_DATABASE", exception.Reason);
        Assert.Contains("a7", exception.Message, StringComparison.Ordinal);
        Assert.Contains(database, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_SeveralFolders_FirstThatHasItWins()
    {
        var example = new Example { Id = "a", DatabaseId = "tiny", Question = "?", GoldSql = "SELECT 1" };
        Assert.Equal(_folder.Path, new DatabaseFolders([_folder.Folder, _folder.Databases]).Resolve([example])["tiny"]);
    }

    [Fact]
    public void Predictions_AsPredictSqlWritesThem_AreRead()
    {
        var path = _folder.Write(
            "p.jsonl",
            """{"id":"a","sql":"SELECT 1","status":"NEEDS_CLARIFICATION","confidence":0.25,"candidates":3,"prompt_tokens":90,"completion_tokens":7,"latency_ms":12.5}""");
        var row = GivenPrediction.ReadAll(path)["a"];
        Assert.Equal(TextToSql.Generation.PredictionStatus.NeedsClarification, row.Status);
        Assert.Equal((0.25, 3, 90, 7, 12.5), (row.Confidence, row.Candidates, row.PromptTokens, row.CompletionTokens, row.LatencyMs));
    }

    [Theory]
    [InlineData("""{"id":"a","sql":"SELECT 1","confidence":1.5}""")]
    [InlineData("""{"id":"a"}""")]
    public void Predictions_BadRow_NamesItsLine(string line) =>
        Assert.Contains(":1:", Assert.Throws<EvaluationException>(() => GivenPrediction.ReadAll(_folder.Write("p.jsonl", line))).Message, StringComparison.Ordinal);
}
