using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Guard;

/// <summary>Mutated statements: none may crash the guard, hang it or fill the memory, and what it accepts touches granted objects only.</summary>
public sealed class GuardFuzzTests
{
    private const int Seed = 20_251;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    private const string Tables =
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, salary NUMERIC, password_hash TEXT, tenant_id INTEGER);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), total NUMERIC, created_at TEXT);
        CREATE TABLE secrets (id INTEGER PRIMARY KEY, value TEXT);
        """;

    [Fact]
    public void Check_MutatedStatements_EndsInAVerdictThatTheEnginesConfirm() => Run(int.MaxValue, Budget);

    [Fact(Explicit = true)]
    public void Check_MillionMutatedStatements_EndsInAVerdictThatTheEnginesConfirm() => Run(1_000_000, TimeSpan.FromHours(2));

    private static void Run(int count, TimeSpan budget)
    {
        using var sqlite = OpenSqlite();
        var database = RealPostgres.TryCreateDatabase();
        using var postgres = database is null ? null : OpenPostgres(database);
        var mutator = new StatementMutator(Seed);
        var started = Stopwatch.GetTimestamp();
        var accepted = 0;
        var confirmed = 0;
        for (var i = 0; i < count && Stopwatch.GetElapsedTime(started) < budget; i++)
        {
            var (dialect, sql) = mutator.Next();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var begun = Stopwatch.GetTimestamp();
            var verdict = SqlGuard.Check(sql, dialect, GuardCorpusTests.Shop, GuardCorpusTests.Grant, GuardOptions.Default).Verdict;
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(5), "Slow: " + sql);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20, "Large: " + sql);
            if (!verdict.Accepted)
            {
                Assert.False(string.IsNullOrEmpty(verdict.Reason) || string.IsNullOrEmpty(verdict.Message), sql);
                continue;
            }

            accepted++;
            if (dialect is SqlDialect.Sqlite)
                confirmed += ConfirmSqlite(sqlite, verdict.ExecutableSql!) ? 1 : 0;
            else if (dialect is SqlDialect.Postgres && postgres is not null)
                confirmed += ConfirmPostgres(postgres, verdict.ExecutableSql!) ? 1 : 0;
        }

        Assert.True(accepted > 20 && confirmed > 5, $"{accepted} accepted, {confirmed} confirmed: too few to say anything.");
    }

    private static SqliteConnection OpenSqlite()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = Tables;
        command.ExecuteNonQuery();
        return connection;
    }

    /// <returns>Whether the engine compiles the statement; a type error, for example, proves nothing.</returns>
    private static bool ConfirmSqlite(SqliteConnection connection, string sql)
    {
        var touched = new List<string>();
        raw.sqlite3_set_authorizer(connection.Handle, (strdelegate_authorizer)((_, action, first, second, _, _) =>
        {
            var allowed = action switch
            {
                raw.SQLITE_SELECT or raw.SQLITE_RECURSIVE or raw.SQLITE_FUNCTION => true,
                raw.SQLITE_READ when second is "" or null => first is not "secrets",
                raw.SQLITE_READ => GuardCorpusTests.Grant.AllowsColumn(first, second),
                _ => false,
            };
            if (!allowed)
                touched.Add($"{action} {first}.{second}");
            return raw.SQLITE_OK;
        }), null);
        var code = raw.sqlite3_prepare_v2(connection.Handle, sql, out var statement, out var tail);
        statement.Dispose();
        Assert.True(touched.Count is 0, sql + "\n" + string.Join(", ", touched));
        Assert.True(code != raw.SQLITE_OK || string.IsNullOrWhiteSpace(tail), sql);
        return code == raw.SQLITE_OK;
    }

    private static NpgsqlConnection OpenPostgres(string database)
    {
        var connection = new NpgsqlConnection(database);
        connection.Open();
        using var command = new NpgsqlCommand(
            Tables + "CREATE ROLE reader; GRANT SELECT (id, name) ON users TO reader; GRANT SELECT ON orders TO reader;", connection);
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>Plans as the owner of everything and looks at what the plan reads; then plans as a role that holds the same grant.</summary>
    private static bool ConfirmPostgres(NpgsqlConnection connection, string sql)
    {
        if (Plan(connection, "SET ROLE owner", sql) is not { } plan)
            return false;
        Assert.All(plan.Split(" on "), part => Assert.False(part.StartsWith("secrets", StringComparison.Ordinal) || part.StartsWith("pg_", StringComparison.Ordinal), sql));
        Assert.DoesNotContain("LockRows", plan, StringComparison.Ordinal);
        return Plan(connection, "SET ROLE reader", sql) is not null;
    }

    private static string? Plan(NpgsqlConnection connection, string role, string sql)
    {
        var plan = "";
        try
        {
            using var switching = new NpgsqlCommand(role, connection);
            switching.ExecuteNonQuery();
            using var command = new NpgsqlCommand("EXPLAIN (COSTS OFF) " + sql, connection);
            using var reader = command.ExecuteReader();
            while (reader.Read())
                plan += reader.GetString(0) + "\n";
            return plan;
        }
        catch (PostgresException exception)
        {
            // Types that do not fit are no matter of the guard's; a name that does not exist, or may not be read, is.
            Assert.False(exception.SqlState is "42601" or "42P01" or "42703" or "42501", $"{sql}\n{exception.MessageText}");
            return null;
        }
    }
}
