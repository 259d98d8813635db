using System.Runtime.CompilerServices;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Integration.Tests;

/// <summary>One database, <c>shop</c>, whose answers the test chooses.</summary>
internal sealed class FakeTextToSql : ITextToSql
{
    public const string Database = "shop";

    /// <summary>Gets what the domain does with a question.</summary>
    public Func<string, CancellationToken, Task<SqlPrediction>> OnGenerate { get; init; } = (_, _) => Task.FromResult(Answered);

    public IReadOnlyList<object?[]> Rows { get; init; } = [[1L, "Ada"]];

    public IReadOnlyCollection<string> DatabaseNames { get; } = [Database];

    public static SqlPrediction Answered { get; } = new()
    {
        Status = PredictionStatus.Answered,
        Sql = "SELECT id, name FROM users",
        ExecutableSql = "SELECT id, name FROM users LIMIT 1000",
        Explanation = "The id and name of every user.",
        Confidence = 0.75,
        CandidateCount = 1,
        PromptTokenCount = 40,
        CachedPromptTokenCount = 30,
        CompletionTokenCount = 9,
        Duration = TimeSpan.FromMilliseconds(1500),
    };

    /// <summary>Gets the principals that were seen.</summary>
    public List<Principal> Principals { get; } = [];

    public ITextToSql ForPrincipal(Principal principal)
    {
        lock (Principals)
        {
            Principals.Add(principal);
        }

        return this;
    }

    public Task<SqlPrediction> GenerateAsync(string databaseName, string question, CancellationToken cancellationToken) =>
        OnGenerate(question, cancellationToken);

    public Task<QueryResult> ExecuteAsync(
        string databaseName, SqlPrediction prediction, QueryLimits limits, CancellationToken cancellationToken) =>
        Task.FromResult<QueryResult>(new Result(Rows, limits.Rows));

    public GuardVerdict Validate(string databaseName, string sql) => sql.StartsWith("SELECT", StringComparison.Ordinal)
        ? new() { Accepted = true, Sql = sql, ExecutableSql = sql + " LIMIT 1000" }
        : new() { Accepted = false, Reason = "NOT_A_SELECT", Message = "Only SELECT is allowed." };

    public string Explain(string databaseName, string sql) =>
        Validate(databaseName, sql).Accepted ? "The id of every user." : throw new TextToSqlException("SQL_REFUSED", "Only SELECT is allowed.");

    public DatabaseSchema GetSchema(string databaseName) => new(
        Database,
        [
            new TableSchema("users", [new("id", "INTEGER", ColumnType.Number), new("name", "TEXT", ColumnType.Text)], ["id"]),
            new TableSchema("orders", [new("user_id", "INTEGER", ColumnType.Number)], []),
        ],
        [new ForeignKey("orders", ["user_id"], "users", ["id"])]);

    private sealed class Result(IReadOnlyList<object?[]> rows, int limit) : QueryResult
    {
        public override IReadOnlyList<string> Columns => ["id", "name"];

        public override string? TruncatedBy => rows.Count > limit ? "ROW_LIMIT" : null;

        public override async IAsyncEnumerable<object?[]> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var row in rows.Take(limit))
            {
                await Task.Yield();
                yield return row;
            }
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
