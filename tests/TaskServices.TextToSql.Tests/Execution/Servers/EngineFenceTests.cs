using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Execution.Servers;

/// <summary>The engines' own fences, with the guard and the word fence bypassed: every statement here fails at the engine, and nothing has changed.</summary>
public sealed class EngineFenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Postgres_WithoutGuardAndWordFence_StopsEveryAttack()
    {
        await using var database = await ServerDatabase.StartAsync(SqlDialect.Postgres);
        await CheckAsync(
            database,
            "DELETE FROM users", "UPDATE users SET name = 'x'", "INSERT INTO users VALUES (9, 'x', 'y')", "TRUNCATE users",
            "WITH x AS (DELETE FROM orders RETURNING id) SELECT id FROM x", "DROP TABLE users", "CREATE TABLE x(y int)", "CREATE TEMP TABLE x(y int)",
            "SELECT id INTO x FROM users", "ALTER TABLE users ADD x int", "GRANT ALL ON users TO PUBLIC",
            "SELECT password FROM users", "SELECT users FROM users", "SELECT to_jsonb(u) FROM users AS u", "SELECT * FROM users", "SELECT word FROM secrets",
            "SELECT 1; SELECT 2", "SELECT 1; DELETE FROM orders", "COMMIT; DELETE FROM orders", "SELECT 1; COMMIT",
            "SELECT pg_advisory_lock(1)", "SELECT pg_try_advisory_lock(1)", "SELECT set_config('statement_timeout', '0', false)", "SELECT set_config('app.tenant', '2', true)",
            "SELECT pg_notify('a', 'b')", "SELECT lo_create(0)", "SELECT lo_from_bytea(0, 'x')", "SELECT nextval('s')", "SELECT pg_sleep(0.1)",
            "SELECT query_to_xml('select 1', true, true, '')", "SELECT database_to_xml(true, true, '')", "SELECT table_to_xml('orders', true, true, '')",
            "SELECT pg_terminate_backend(1)", "SELECT pg_cancel_backend(1)", "SELECT pg_logical_emit_message(false, 'a', 'b')", "SELECT pg_reload_conf()",
            "SELECT pg_read_file('/etc/passwd')", "SELECT pg_ls_dir('/')", "SELECT current_setting('data_directory')",
            "COPY users TO '/tmp/x'", "COPY users TO PROGRAM 'id'", "COPY orders TO STDOUT", "SET TRANSACTION READ WRITE", "LOCK TABLE orders IN EXCLUSIVE MODE", "LISTEN a",
            "SELECT id FROM orders FOR UPDATE", "PREPARE TRANSACTION 'x'", "DO $$ BEGIN DELETE FROM users; END $$", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "VACUUM", "CREATE EXTENSION dblink", "SET ROLE owner", "NOTIFY a", "CALL f()", "REFRESH MATERIALIZED VIEW v", "CLUSTER", "CHECKPOINT");
    }

    [Fact]
    public async Task MariaDb_WithoutGuardAndWordFence_StopsEveryAttack()
    {
        await using var database = await ServerDatabase.StartAsync(SqlDialect.MySql);
        await CheckAsync(
            database,
            "DELETE FROM users", "UPDATE users SET name = 'x'", "INSERT INTO users VALUES (9, 'x', 'y')", "REPLACE INTO users VALUES (1, 'x', 'y')", "TRUNCATE users",
            "DROP TABLE users", "CREATE TABLE x(y int)", "ALTER TABLE users ADD x int", "RENAME TABLE users TO x", "GRANT ALL ON *.* TO x@y", "CREATE USER x",
            "SELECT password FROM users", "SELECT * FROM users", "SELECT word FROM secrets", "SELECT User FROM mysql.user",
            "SELECT 1; SELECT 2", "SELECT 1; DELETE FROM orders", "COMMIT; DELETE FROM orders",
            $"SELECT id FROM orders INTO OUTFILE '{database.Folder}/x'", $"SELECT id FROM orders INTO DUMPFILE '{database.Folder}/x'",
            "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE users", "LOCK TABLES orders WRITE", "SET GLOBAL max_connections = 1", "KILL 1", "FLUSH TABLES",
            "CALL x()", "INSTALL PLUGIN x SONAME 'y'", "HANDLER users OPEN", "SHUTDOWN", "CHANGE MASTER TO MASTER_HOST = 'x'", "CREATE FUNCTION x RETURNS INT SONAME 'y'");
    }

    [Fact]
    public async Task DuckDb_WithoutGuardAndWordFence_StopsEveryAttack()
    {
        await using var database = await ServerDatabase.StartAsync(SqlDialect.DuckDb);
        var file = Path.Combine(database.Folder, "secret.csv");
        await File.WriteAllTextAsync(file, "a,b\n1,2\n", Token);
        await CheckAsync(
            database,
            "DELETE FROM users", "UPDATE users SET name = 'x'", "INSERT INTO users VALUES (9, 'x', 'y')", "DROP TABLE users", "CREATE TABLE x(y int)",
            "CREATE TEMP TABLE x(y int)", "ALTER TABLE users ADD x int", "SELECT 1; SELECT 2", "SELECT 1; DELETE FROM orders",
            $"SELECT * FROM '{file}'", $"SELECT * FROM \"{file}\"", $"SELECT * FROM read_csv('{file}')", $"SELECT * FROM read_text('{file}')", "SELECT * FROM glob('/etc/*')",
            $"COPY users TO '{database.Folder}/x.csv'", $"EXPORT DATABASE '{database.Folder}/x'", $"ATTACH '{database.Folder}/x.db'", "INSTALL httpfs", "LOAD httpfs",
            "SELECT * FROM read_csv('https://example.com/x.csv')", "SET enable_external_access = true", "PRAGMA enable_external_access = true", "SET memory_limit = '100GB'",
            "CALL enable_logging(storage = 'file')", $"PRAGMA profiling_output = '{database.Folder}/x'", $"SET log_query_path = '{database.Folder}/x'",
            "CHECKPOINT", "VACUUM", "CREATE MACRO f(a) AS a", "CREATE SECRET s (TYPE s3)", "PREPARE v AS SELECT 1", "BEGIN TRANSACTION", "DETACH x", "RESET memory_limit",
            "SET VARIABLE x = 1", "CREATE SEQUENCE s", "EXPLAIN SELECT 1");
        Assert.Equal([file], Directory.GetFileSystemEntries(database.Folder));
    }

    private static async Task CheckAsync(ServerDatabase database, params string[] attacks)
    {
        const string state = "SELECT (SELECT count(*) FROM users) * 100 + (SELECT count(*) FROM orders) * 10 + (SELECT count(*) FROM secrets)";
        var before = await database.AsOwnerAsync(state);
        var passed = new List<string>();
        foreach (var attack in attacks)
        {
            try
            {
                await using var result = await database.Executor.RunAsync(new(attack), QueryLimits.Default with { Duration = TimeSpan.FromSeconds(10) }, Token);
                await result.ReadRowsAsync(Token).ToListAsync(Token);
                passed.Add(attack);
            }
            catch (TextToSqlException failure)
            {
                Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
                if (failure.Reason is "QUERY_TIMED_OUT" or "DATABASE_UNREACHABLE" or "DATABASE_BUSY")
                    passed.Add($"{attack} → {failure.Reason}");
            }
        }

        Assert.Empty(passed);
        Assert.Equal(before.Select(row => row!.ToString()), (await database.AsOwnerAsync(state)).Select(row => row!.ToString()));
        Assert.Empty(Directory.GetFiles(database.Folder, "x*"));
    }
}
