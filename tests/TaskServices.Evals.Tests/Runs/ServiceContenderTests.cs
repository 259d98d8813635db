using TaskServices.Evals.Contenders;
using TaskServices.Evals.Datasets;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Evals.Tests.Runs;

public sealed class ServiceContenderTests
{
    private static readonly Example Example = new() { Id = "a", DatabaseId = "tiny", Question = "How many?", GoldSql = "SELECT 1" };

    [Fact]
    public async Task Predict_Answer_KeepsSqlStatusAndCounts()
    {
        await using var contender = Contender(() => new SqlPrediction
        {
            Status = PredictionStatus.NeedsClarification,
            Sql = "SELECT 1",
            Confidence = 0.3,
            PromptTokenCount = 90,
            Duration = TimeSpan.FromMilliseconds(12),
        });
        var prediction = await contender.PredictAsync(Example, TestContext.Current.CancellationToken);
        Assert.Equal((PredictionStatus.NeedsClarification, "SELECT 1", 0.3, 90, 12.0), (prediction.Status, prediction.Sql, prediction.Confidence, prediction.PromptTokens, prediction.LatencyMs));
    }

    [Fact]
    public async Task Predict_FailedInference_IsAnErrorItemWithItsReason()
    {
        await using var contender = Contender(() => throw new TextToSqlException("PROMPT_TOO_LONG", "The schema is too long."));
        var prediction = await contender.PredictAsync(Example, TestContext.Current.CancellationToken);
        Assert.Equal((PredictionStatus.Error, "PROMPT_TOO_LONG", null), (prediction.Status, prediction.Reason, prediction.Sql));
    }

    private static ServiceContender Contender(Func<SqlPrediction> answer) => new(new FakeTextToSql(answer), 3.6, new Dictionary<string, string>());

    private sealed class FakeTextToSql(Func<SqlPrediction> answer) : ITextToSql
    {
        public IReadOnlyCollection<string> DatabaseNames => ["tiny"];

        public ITextToSql ForPrincipal(Principal principal) => this;

        public Task<SqlPrediction> GenerateAsync(string databaseName, string question, CancellationToken cancellationToken) => Task.FromResult(answer());

        public Task<QueryResult> ExecuteAsync(string databaseName, SqlPrediction prediction, QueryLimits limits, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public GuardVerdict Validate(string databaseName, string sql) => throw new NotSupportedException();

        public string Explain(string databaseName, string sql) => throw new NotSupportedException();

        public DatabaseSchema GetSchema(string databaseName) => throw new NotSupportedException();
    }
}
