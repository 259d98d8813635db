using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Generation.Selection;
using TaskServices.TextToSql.Knowledge;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Tests.Schema;

namespace TaskServices.TextToSql.Tests.Generation;

public sealed class CandidateSearchTests : IDisposable
{
    private const string Adults = "select person.name where person.age > 17";
    private const string Everyone = "select person.name";

    // Only what the tests are about counts: the agreement of results and the model's own probability.
    private static readonly SelectionModel Selection = new(
        "test",
        new(new Dictionary<string, double> { ["bias"] = 2, ["log_probability_sum"] = 5 }),
        new(new Dictionary<string, double> { ["bias"] = -2, ["result_share"] = 4, ["failed"] = -4 }),
        SureAt: 0.8);

    private readonly SqliteFiles _files = new("""
        CREATE TABLE person(name TEXT, age INTEGER);
        INSERT INTO person VALUES ('Ann', 17), ('Bob', 18), ('Cid', 30);
        """);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task AskAsync_SureFirstChoice_HasNoRivals()
    {
        var prediction = await PredictAsync(new(_ => Everyone, [Adults]), ask: true);

        Assert.Equal(1, prediction.CandidateCount);
        Assert.Equal(Everyone, prediction.CompactSql);
    }

    [Fact]
    public async Task AskAsync_UnsureFirstChoice_TakesTheResultOnWhichMostAgree()
    {
        // Two texts with the same rows outvote one text that was sampled more often than either.
        string[] rivals = [Adults, "select person.name where person.age >= 18", Adults, "select person.name where person.age > 17 and person.age < 99", Everyone, Everyone];
        var prediction = await PredictAsync(new(_ => Everyone, rivals, logProbability: -3), ask: true);

        Assert.Equal(8, prediction.CandidateCount);
        Assert.Contains("age", prediction.CompactSql, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_UnsureFirstChoice_ExecutesNothing()
    {
        // Without execution the two spellings are different answers.
        string[] rivals = [Adults, "select person.name where person.age >= 18", Everyone, Everyone];
        var prediction = await PredictAsync(new(_ => Everyone, rivals, logProbability: -3), ask: false);

        Assert.Equal(Everyone, prediction.CompactSql);
    }

    [Fact]
    public async Task AskAsync_RefusedFirstChoice_GivesWayToARival()
    {
        var prediction = await PredictAsync(new(_ => "select person.height", [Adults]), ask: true);

        Assert.Equal(PredictionStatus.Answered, prediction.Status);
        Assert.Equal(Adults, prediction.CompactSql);
    }

    [Fact]
    public async Task AskAsync_NothingPasses_IsRefusedWithTheReason()
    {
        var prediction = await PredictAsync(new(_ => "select person.height"), ask: true);

        Assert.Equal((PredictionStatus.Refused, "UNKNOWN_COLUMN", null), (prediction.Status, prediction.Reason, prediction.Sql));
        Assert.Equal(0, prediction.Confidence);
    }

    [Fact]
    public async Task AskAsync_ModelAbstains_IsUnanswerableWithTheQueryBesideIt()
    {
        var asked = 0;
        var prediction = await PredictAsync(new(_ => asked++ == 0 ? SchemaGrammar.Abstention : Everyone), ask: true);

        Assert.Equal((PredictionStatus.Unanswerable, "NOT_IN_SCHEMA"), (prediction.Status, prediction.Reason));
        Assert.NotNull(prediction.Sql);
    }

    [Fact]
    public async Task GenerateAsync_VerifiedQuery_AnswersWithoutTheModel()
    {
        var host = new AnsweringHost(_ => Everyone);
        var store = VerifiedQueryFile.Open(Path.Combine(_files.Folder, "verified.jsonl"));
        await store.AddAsync(new("v1", "db", "Who is older than 17?", "SELECT name FROM person WHERE age > 17", null, DateTimeOffset.UnixEpoch, null), Cancellation);
        await store.AddAsync(new("v2", "db", "Who is younger than 17?", "SELECT name FROM person WHERE secret < 17", null, DateTimeOffset.UnixEpoch, null), Cancellation);

        var prediction = await PredictAsync(host, ask: false, "Who is older than 20?", store);
        var stale = await PredictAsync(host, ask: false, "Who is younger than 20?", store);

        Assert.Equal("v1", prediction.VerifiedQueryId);
        Assert.Contains("age > 20", prediction.Sql, StringComparison.Ordinal);
        Assert.Null(stale.VerifiedQueryId); // no longer passes the guard
        Assert.Single(host.Prompts);
    }

    [Fact]
    public async Task GenerateAsync_LargeSchema_ShowsThePartThatTheQuestionNames()
    {
        _files.Run(string.Join(' ', Enumerable.Range(0, 200).Select(i => $"CREATE TABLE thing_{i}(id INTEGER, label_{i} TEXT, size_{i} REAL);")));
        var host = new AnsweringHost(_ => Adults);

        var prediction = await PredictAsync(host, ask: true, "Which person is older than 17?");

        Assert.Equal(PredictionStatus.Answered, prediction.Status);
        Assert.Contains("\nperson(name, age num)", host.Prompts[0], StringComparison.Ordinal);
        Assert.True(host.Prompts[0].Length < PromptSchemas.LinkedTokens + 100);
    }

    private async Task<SqlPrediction> PredictAsync(AnsweringHost host, bool ask, string question = "Who is adult?", IVerifiedQueries? verified = null)
    {
        await using var pipeline = new TextToSqlPipeline(host, new() { Selection = Selection, VerifiedQueries = verified });
        pipeline.Register("db", new DatabaseUrl(SqlDialect.Sqlite, _files.Database));
        return ask ? await pipeline.AskAsync("db", question, Cancellation) : await pipeline.GenerateAsync("db", question, Cancellation);
    }
}
