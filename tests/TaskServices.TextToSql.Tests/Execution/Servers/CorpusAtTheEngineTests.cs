using System.Text.RegularExpressions;
using TaskServices.Testing;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Tests.Guard;
using TaskServices.TextToSql.Tests.Schema;

namespace TaskServices.TextToSql.Tests.Execution.Servers;

/// <summary>Every attack of the guard's corpora goes straight to the engine, with the guard and the word fence bypassed: no data changes, no file is read or written.</summary>
/// <remarks>An attack may run where it harms nothing (<c>SELECT version()</c>); what must not happen is looked for behind it.</remarks>
public sealed partial class CorpusAtTheEngineTests
{
    private const string Script = """
        CREATE TABLE users(id INTEGER PRIMARY KEY, name VARCHAR(50), email VARCHAR(50), salary DECIMAL(10,2), password_hash VARCHAR(50), tenant_id INTEGER);
        CREATE TABLE orders(id INTEGER PRIMARY KEY, user_id INTEGER, total DECIMAL(10,2), created_at VARCHAR(50), FOREIGN KEY (user_id) REFERENCES users(id));
        CREATE TABLE secrets(id INTEGER PRIMARY KEY, value VARCHAR(50));
        INSERT INTO users VALUES (1, 'Ann', 'ann@hidden', 10, 'hidden-hash', 1), (2, 'Bob', 'bob@hidden', 20, 'hidden-hash', 2);
        INSERT INTO orders VALUES (1, 1, 2.50, '2024-02-29'), (2, 1, 4.00, '2024-03-01'), (3, 2, NULL, NULL);
        INSERT INTO secrets VALUES (1, 'hidden-value');
        """;

    private const string State = """
        SELECT (SELECT count(*) FROM users) * 100 + (SELECT count(*) FROM orders) * 10 + (SELECT count(*) FROM secrets)
        UNION ALL SELECT sum(id * 7 + salary + tenant_id) + sum(length(name) + length(email) + length(password_hash)) FROM users
        UNION ALL SELECT sum(id * 7 + coalesce(user_id, 3)) + sum(coalesce(total, 1)) FROM orders
        UNION ALL SELECT sum(id + length(value)) FROM secrets
        """;

    private static readonly QueryLimits Limits = QueryLimits.Default with { Rows = 100, Duration = TimeSpan.FromSeconds(0.4) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.MySql)]
    [InlineData(SqlDialect.DuckDb)]
    public async Task RunAsync_EveryAttack_ChangesNothingAndTouchesNoFile(SqlDialect dialect)
    {
        await using var database = await ServerDatabase.StartAsync(dialect, Script);
        var before = await StateAsync();
        await AttackAsync(dialect, mayReadTables: dialect is SqlDialect.DuckDb, sql => MustNotStart(sql)
            ? database.Executor.ExecuteAsync(new(sql), GuardCorpusTests.Grant, Limits, Token)
            : database.Executor.RunAsync(new(sql), Limits, Token));
        Assert.Equal(before, await StateAsync());
        Assert.Empty(Directory.GetFileSystemEntries(database.Folder));

        // Nothing that an attack left behind stands in the way of the next question, on any connection of the pool.
        for (var i = 0; i < 30; i++)
        {
            await using var result = await database.Executor.RunAsync(new("SELECT name FROM users ORDER BY id"), Limits, Token);
            Assert.Equal("Ann", (await result.ReadRowsAsync(Token).ToListAsync(Token))[0][0]);
        }

        // DuckDB computes one value of a billion entries without looking at an interrupt, so there the word fence has to hold, and stays.
        bool MustNotStart(string sql) => dialect is SqlDialect.DuckDb && HugeNumber().IsMatch(sql);

        async Task<List<string>> StateAsync() => [.. (await database.AsOwnerAsync(State)).Select(value => value!.ToString()!)];
    }

    [Fact]
    public async Task ExecuteAsync_EveryAttackOnSqlite_ChangesNothingAndTouchesNoFile()
    {
        using var files = new SqliteFiles(Script);
        var executor = new SqliteExecutor(files.Database);
        var before = files.Fingerprint();
        await AttackAsync(SqlDialect.Sqlite, mayReadTables: false, sql => executor.ExecuteAsync(new(sql), GuardCorpusTests.Grant, Limits, Token));
        Assert.Equal(before, files.Fingerprint());
    }

    private static async Task AttackAsync(SqlDialect dialect, bool mayReadTables, Func<string, Task<QueryResult>> run)
    {
        var attacks = GuardCorpusTests.ReadRows(TestFiles.InRepository("tests", "TaskServices.TextToSql.Tests", "Guard", "attacks.tsv"));
        if (TestFiles.TryShared("data", "sql", "guard", "attacks.tsv") is { } shared)
            attacks.AddRange(GuardCorpusTests.ReadRows(shared));
        var statements = attacks.Where(attack => attack.Dialect == dialect).Select(attack => attack.Sql).Distinct().ToList();
        var targets = statements.SelectMany(sql => FileName().Matches(sql)).Select(match => match.Value).Distinct().Where(path => !Path.Exists(path)).ToList();
        var leaks = new List<string>();
        foreach (var sql in statements)
        {
            try
            {
                await using var result = await run(sql);
                await foreach (var row in result.ReadRowsAsync(Token))
                {
                    var text = string.Join('|', row.Select(cell => cell is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : cell?.ToString()));
                    if (text.Contains("root:", StringComparison.Ordinal) || (!mayReadTables && text.Contains("hidden", StringComparison.Ordinal) && !sql.Contains("hidden", StringComparison.Ordinal)))
                        leaks.Add($"{sql} → {text}");
                }
            }
            catch (TextToSqlException refusal)
            {
                if (refusal.Message.Contains("hidden", StringComparison.Ordinal) || refusal.Reason is "DATABASE_UNREACHABLE" or "DATABASE_CORRUPT")
                    leaks.Add($"{sql} → {refusal.Message}");
            }
        }

        Assert.Empty(leaks);
        Assert.DoesNotContain(targets, Path.Exists);
    }

    [GeneratedRegex(@"\(.*\d{8,}")]
    private static partial Regex HugeNumber();

    [GeneratedRegex(@"/tmp/[\w./-]+")]
    private static partial Regex FileName();
}
