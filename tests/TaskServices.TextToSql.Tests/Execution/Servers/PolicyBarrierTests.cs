using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Execution.Servers;

/// <summary>A condition of the question must not be evaluated on a row that the policy hides: its error would tell of the row.</summary>
public sealed class PolicyBarrierTests
{
    // The cast fails on order 3 alone, which is Bob's.
    private const string Probe = "SELECT orders.id FROM orders WHERE CAST(CASE WHEN orders.id = 3 THEN 'x' ELSE '1' END AS integer) = 1 ORDER BY orders.id";

    public static TheoryData<SqlDialect, string> Policies => new()
    {
        { SqlDialect.Postgres, "user_id IN (SELECT id FROM users WHERE name = 'Ann')" },
        { SqlDialect.Postgres, "upper(lower(upper(lower(CAST(user_id AS text))))) = '1'" },
        { SqlDialect.DuckDb, "user_id IN (SELECT id FROM users WHERE name = 'Ann')" },
        { SqlDialect.DuckDb, "upper(lower(upper(lower(CAST(user_id AS varchar))))) = '1'" },
        { SqlDialect.MySql, "user_id IN (SELECT id FROM users WHERE name = 'Ann')" },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task ExecuteAsync_ConditionThatFailsOnAHiddenRow_IsNotEvaluatedThere(SqlDialect dialect, string policy)
    {
        await using var database = await ServerDatabase.StartAsync(dialect);
        var token = TestContext.Current.CancellationToken;
        var schema = await database.Executor.ReadSchemaAsync("shop", TimeSpan.FromSeconds(30), token);
        var access = new DatabaseAccess(
        [
            new([], new Dictionary<string, IReadOnlyCollection<string>?> { ["users"] = ["id", "name"], ["orders"] = null }, new Dictionary<string, string> { ["orders"] = policy }, new Dictionary<string, string?>()),
        ]);
        var grant = access.Resolve(Principal.Local, schema, dialect);
        var verdict = SqlGuard.Check(dialect is SqlDialect.MySql ? Probe.Replace("integer", "signed", StringComparison.Ordinal) : Probe, dialect, schema, grant, new()).Verdict;
        Assert.True(verdict.Accepted, verdict.Message);

        await using var result = await database.Executor.ExecuteAsync(new(verdict.ExecutableSql!, verdict.Parameters), grant, QueryLimits.Default, token);

        Assert.Equal([1L, 2L], (await result.ReadRowsAsync(token).ToListAsync(token)).Select(row => Convert.ToInt64(row[0], null)));
    }
}
