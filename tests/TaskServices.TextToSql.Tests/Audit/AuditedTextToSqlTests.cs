using System.Runtime.CompilerServices;
using TaskServices.TextToSql.Audit;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Tests.Audit;

public sealed class AuditedTextToSqlTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Question_Executed_HasWhoWhatAndRowsButNoContent()
    {
        using var file = new LogFile();
        var textToSql = Create(new Fake(), file.Open(false, "hunter22"));

        var prediction = await textToSql.GenerateAsync("shop", "Who has hunter22?", Cancellation);
        await using (var result = await textToSql.ExecuteAsync("shop", prediction, QueryLimits.Default, Cancellation))
            Assert.Equal(2, await result.ReadRowsAsync(Cancellation).CountAsync(Cancellation));

        var records = file.Records.ToArray();
        Assert.Equal(["question", "execution"], records.Select(record => record.GetProperty("kind").GetString()));
        Assert.All(records, record => Assert.Equal("""{"name":"ann","tenant":"t-7","roles":["analyst"]}""", record.GetProperty("principal").GetRawText()));
        Assert.Equal(
            ("Who has ***?", "ANSWERED", "ACCEPTED", "users . name", "SELECT name FROM users", "postgres://bob:***@db/shop"),
            (records[0].GetProperty("question").GetString(), records[0].GetProperty("status").GetString(), records[0].GetProperty("verdict").GetString(),
                records[0].GetProperty("generated_sql").GetString(), records[0].GetProperty("sql").GetString(), records[0].GetProperty("url").GetString()));
        Assert.Equal(
            (1, 2, "COMPLETED", "SELECT name FROM users LIMIT 9", """["tenant"]"""),
            (records[1].GetProperty("question_seq").GetInt32(), records[1].GetProperty("rows").GetInt32(), records[1].GetProperty("status").GetString(),
                records[1].GetProperty("executed_sql").GetString(), records[1].GetProperty("parameters").GetRawText()));
        var text = File.ReadAllText(file.Path);
        Assert.All(["hunter22", "Ada", "parameter-value"], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "FAILED", "QUERY_TIMED_OUT")]
    [InlineData(false, "ABANDONED", null)]
    public async Task Execution_ThatEndsEarly_IsRecordedWithTheRowsSoFar(bool fails, string status, string? reason)
    {
        using var file = new LogFile();
        var textToSql = Create(new Fake { FailAfterRows = fails }, file.Open());
        var prediction = await textToSql.GenerateAsync("shop", "q", Cancellation);
        await using (var result = await textToSql.ExecuteAsync("shop", prediction, QueryLimits.Default, Cancellation))
        {
            if (fails)
                await Assert.ThrowsAsync<TextToSqlException>(async () => await result.ReadRowsAsync(Cancellation).CountAsync(Cancellation));
            else
                await result.ReadRowsAsync(Cancellation).Take(2).CountAsync(Cancellation);
        }

        var record = file.Records.Last();
        Assert.Equal(
            (status, reason, 2), (record.GetProperty("status").GetString(), record.GetProperty("reason").GetString(), record.GetProperty("rows").GetInt32()));
        Assert.Equal(2, file.Lines.Length);
    }

    [Fact]
    public async Task Question_ThatFails_IsRecorded()
    {
        using var file = new LogFile();
        var textToSql = Create(new Fake { Failure = new TextToSqlException("UNKNOWN_DATABASE", "no") }, file.Open());
        await Assert.ThrowsAsync<TextToSqlException>(() => textToSql.GenerateAsync("shap", "q", Cancellation));
        var record = Assert.Single(file.Records);
        Assert.Equal(("ERROR", "UNKNOWN_DATABASE"), (record.GetProperty("status").GetString(), record.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Question_WhoseRecordCannotBeWritten_IsNotAnswered()
    {
        using var file = new LogFile();
        var textToSql = Create(new Fake(), file.Open());
        await textToSql.GenerateAsync("shop", "q", Cancellation);
        File.Delete(file.Path);
        await Assert.ThrowsAsync<AuditException>(() => textToSql.GenerateAsync("shop", "q", Cancellation));
    }

    [Fact]
    public async Task Execution_WhoseRecordCannotBeWritten_DoesNotEndWell()
    {
        using var file = new LogFile();
        var textToSql = Create(new Fake(), file.Open());
        var prediction = await textToSql.GenerateAsync("shop", "q", Cancellation);
        await using var result = await textToSql.ExecuteAsync("shop", prediction, QueryLimits.Default, Cancellation);
        File.Delete(file.Path);
        await Assert.ThrowsAsync<AuditException>(async () => await result.ReadRowsAsync(Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task Question_WhoseRecordCannotBeWritten_IsAnsweredWhereSettingsSaySo()
    {
        using var file = new LogFile();
        var textToSql = Create(new Fake(), file.Open(continueOnFailure: true));
        await textToSql.GenerateAsync("shop", "q", Cancellation);
        File.Delete(file.Path);
        Assert.Equal(PredictionStatus.Answered, (await textToSql.GenerateAsync("shop", "q", Cancellation)).Status);
        Assert.Single(file.Warnings);
    }

    private static ITextToSql Create(Fake fake, AuditLog log) =>
        new AuditedTextToSql(fake, log, new Dictionary<string, string> { ["shop"] = "postgres://bob:s3cret@db/shop" })
            .ForPrincipal(new("ann", "t-7", ["analyst"]));

    private sealed class Fake : ITextToSql
    {
        public Exception? Failure { get; init; }

        public bool FailAfterRows { get; init; }

        public IReadOnlyCollection<string> DatabaseNames => ["shop"];

        public ITextToSql ForPrincipal(Principal principal) => this;

        public Task<SqlPrediction> GenerateAsync(string databaseName, string question, CancellationToken cancellationToken) => Failure is null
            ? Task.FromResult(new SqlPrediction
            {
                Status = PredictionStatus.Answered,
                CompactSql = "users . name",
                Sql = "SELECT name FROM users",
                ExecutableSql = "SELECT name FROM users LIMIT 9",
                Parameters = new Dictionary<string, object?> { ["tenant"] = "parameter-value" },
            })
            : Task.FromException<SqlPrediction>(Failure);

        public Task<QueryResult> ExecuteAsync(string databaseName, SqlPrediction prediction, QueryLimits limits, CancellationToken cancellationToken) =>
            Task.FromResult<QueryResult>(new Rows(FailAfterRows));

        public GuardVerdict Validate(string databaseName, string sql) => throw new NotSupportedException();

        public string Explain(string databaseName, string sql) => throw new NotSupportedException();

        public DatabaseSchema GetSchema(string databaseName) => throw new NotSupportedException();
    }

    private sealed class Rows(bool fail) : QueryResult
    {
        public override IReadOnlyList<string> Columns => ["name"];

        public override string? TruncatedBy => null;

        public override async IAsyncEnumerable<object?[]> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            yield return ["Ada"];
            yield return ["Ada"];
            if (fail)
                throw new TextToSqlException("QUERY_TIMED_OUT", "slow");
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
