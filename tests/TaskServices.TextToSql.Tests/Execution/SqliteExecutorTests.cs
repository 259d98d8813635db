using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Tests.Schema;

namespace TaskServices.TextToSql.Tests.Execution;

/// <summary>The fences below the guard, each without the guard above it.</summary>
public sealed class SqliteExecutorTests : IDisposable
{
    private const string Script = """
        CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, password TEXT);
        CREATE TABLE orders(id INTEGER PRIMARY KEY, user_id INT REFERENCES users(id), amount REAL);
        CREATE VIEW names AS SELECT name FROM users;
        CREATE VIEW passwords AS SELECT password FROM users;
        INSERT INTO users VALUES (1, 'Ann', 's3cret'), (2, 'Bob', 'hunter2');
        INSERT INTO orders VALUES (1, 1, 2.5), (2, 1, 4), (3, 2, NULL);
        """;

    private static readonly AccessGrant Grant = new(new Dictionary<string, IReadOnlyCollection<string>>
    {
        ["users"] = ["id", "name"],
        ["orders"] = ["id", "user_id", "amount"],
        ["names"] = ["name"],
        ["passwords"] = ["password"],
    });

    private readonly SqliteFiles _files = new(Script);

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task ExecuteAsync_Select_GivesColumnsAndTypedCells()
    {
        await using var result = await ExecuteAsync(
            "SELECT u.name, amount, id, id, NULL, x'0102' FROM users AS u JOIN (SELECT user_id, amount, 7 AS n FROM orders) ON user_id = id ORDER BY amount");

        Assert.Equal(["name", "amount", "id", "id", "NULL", "x'0102'"], result.Columns);
        var rows = await result.ReadRowsAsync(CancellationToken.None).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, rows.Count);
        Assert.Equal(["Bob", null, 2L, 2L, null, new byte[] { 1, 2 }], rows[0]);
        Assert.Equal(["Ann", 4.0, 1L, 1L, null, new byte[] { 1, 2 }], rows[2]);
        Assert.Null(result.TruncatedBy);
    }

    [Theory]
    [InlineData("SELECT name FROM names")]
    [InlineData("WITH c AS (SELECT id FROM users) SELECT count(*) FROM c")]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT max(i) FROM n")]
    [InlineData("SELECT count(*) FROM orders")]
    [InlineData("SELECT name FROM users WHERE EXISTS (SELECT 1 FROM orders WHERE user_id = users.id)")]
    [InlineData("SELECT row_number() OVER (ORDER BY amount), strftime('%Y', 'now') FROM orders;  \n")]
    public async Task ExecuteAsync_Granted_Runs(string sql)
    {
        await using var result = await ExecuteAsync(sql);

        Assert.NotEmpty(await result.ReadRowsAsync(CancellationToken.None).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("DELETE FROM users")]
    [InlineData("INSERT INTO users(name) VALUES ('x')")]
    [InlineData("INSERT INTO users(name) VALUES ('x') RETURNING id")]
    [InlineData("UPDATE users SET name = 'x'")]
    [InlineData("WITH x AS (SELECT 1) DELETE FROM users")]
    [InlineData("REPLACE INTO users VALUES (1, 'x', 'y')")]
    [InlineData("DROP TABLE users")]
    [InlineData("ALTER TABLE users RENAME TO x")]
    [InlineData("CREATE TABLE x(y)")]
    [InlineData("CREATE TEMP TABLE x(y)")]
    [InlineData("CREATE TEMP VIEW users AS SELECT 1")]
    [InlineData("CREATE VIRTUAL TABLE f USING fts5(x)")]
    [InlineData("VACUUM")]
    [InlineData("VACUUM INTO '{folder}/copy.db'")]
    [InlineData("ATTACH '{folder}/other.db' AS o")]
    [InlineData("DETACH main")]
    [InlineData("REINDEX")]
    [InlineData("ANALYZE")]
    [InlineData("BEGIN IMMEDIATE")]
    [InlineData("SAVEPOINT s")]
    [InlineData("PRAGMA query_only = 0")]
    [InlineData("PRAGMA user_version = 7")]
    [InlineData("PRAGMA table_info(users)")]
    [InlineData("SELECT * FROM pragma_table_info('users')")]
    [InlineData("SELECT count(*) FROM pragma_database_list")]
    [InlineData("SELECT load_extension('{folder}/x.so')")]
    [InlineData("SELECT sqlite_version()")]
    [InlineData("SELECT hex(randomblob(8))")]
    [InlineData("SELECT readfile('/etc/passwd')")]
    [InlineData("SELECT sql FROM sqlite_master")]
    [InlineData("SELECT count(*) FROM sqlite_master")]
    [InlineData("SELECT count(*) FROM sqlite_schema")]
    [InlineData("SELECT count(*) FROM sqlite_temp_master")]
    [InlineData("SELECT * FROM sqlite_dbpage")]
    [InlineData("SELECT count(*) FROM dbstat")]
    [InlineData("SELECT value FROM json_each('[1]')")]
    [InlineData("SELECT password FROM users")]
    [InlineData("SELECT * FROM users")]
    [InlineData("SELECT name FROM users WHERE password LIKE 's%'")]
    [InlineData("SELECT name FROM users ORDER BY password")]
    [InlineData("SELECT password FROM passwords")]
    [InlineData("WITH passwords AS (SELECT password FROM users) SELECT count(*) FROM passwords")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 1; DELETE FROM users")]
    [InlineData("SELECT 1; -- more")]
    [InlineData("EXPLAIN SELECT 1")]
    [InlineData("EXPLAIN QUERY PLAN SELECT name FROM users")]
    [InlineData("SELECT 1\0; DELETE FROM users")]
    [InlineData("SELECT @p")]
    [InlineData("SELECT ?1")]
    [InlineData("")]
    [InlineData("  -- nothing")]
    [InlineData("SELEC 1")]
    [InlineData("SELECT nothing FROM users")]
    [InlineData("SELECT abs(-9223372036854775808)")]
    [InlineData("SELECT 1 FROM main.users AS u, temp.users")]
    public async Task ExecuteAsync_NotAGrantedSelect_IsRefusedAndChangesNothing(string sql)
    {
        var before = _files.Fingerprint();

        var exception = await Assert.ThrowsAsync<TextToSqlException>(
            async () => await RunAsync(sql.Replace("{folder}", _files.Folder, StringComparison.Ordinal)));

        Assert.Contains(exception.Reason, (string[])["QUERY_REFUSED", "QUERY_FAILED"]);
        Assert.DoesNotContain("s3cret", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Equal(before, _files.Fingerprint());
    }

    [Theory]
    [InlineData("SELECT count(*) FROM orders a, orders b, orders c, orders d, orders e, orders f, orders g, orders h, orders i, orders j, orders k, orders l, orders m, orders n, orders o, orders p, orders q, orders r, orders s, orders t")]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n")]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0")]
    public async Task ExecuteAsync_Runaway_TimesOut(string sql)
    {
        var limits = QueryLimits.Default with { Duration = TimeSpan.FromMilliseconds(200) };

        var exception = await Assert.ThrowsAsync<TextToSqlException>(async () => await RunAsync(sql, limits));

        Assert.Equal("QUERY_TIMED_OUT", exception.Reason);
    }

    [Fact]
    public async Task ReadRowsAsync_EndlessRows_TimesOutWhileReading()
    {
        var limits = QueryLimits.Default with { Rows = int.MaxValue, ResultBytes = long.MaxValue, Duration = TimeSpan.FromMilliseconds(300) };
        await using var result = await ExecuteAsync("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", limits);

        var exception = await Assert.ThrowsAsync<TextToSqlException>(async () => await CountAsync(result));

        Assert.Equal("QUERY_TIMED_OUT", exception.Reason);
    }

    [Fact]
    public async Task ExecuteAsync_Cancelled_StopsTheEngine()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var executor = new SqliteExecutor(_files.Database);

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => executor.ExecuteAsync(
            new("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"), Grant, QueryLimits.Default, cancellation.Token));

        Assert.Equal(cancellation.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task ReadRowsAsync_Cancelled_StopsTheEngine()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await using var result = await ExecuteAsync("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 2 OR i < 0");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await result.ReadRowsAsync(cancellation.Token).CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadRowsAsync_MillionRows_StreamsThemInFlatMemory()
    {
        const string sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT i, 'row ' || i FROM n";
        var limits = QueryLimits.Default with { Rows = 2_000_000, ResultBytes = 1L << 30 };
        await using var result = await ExecuteAsync(sql, limits);

        long peak = 0, rows = 0;
        await foreach (var row in result.ReadRowsAsync(CancellationToken.None))
        {
            if (++rows % 250_000 == 0)
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
        }

        Assert.Equal(1_000_000, rows);
        Assert.Null(result.TruncatedBy);
        Assert.InRange(peak, 0, 64L << 20);
    }

    [Fact]
    public async Task ReadRowsAsync_RowLimit_CutsOnlyWhereThereIsMore()
    {
        await using var cut = await ExecuteAsync("SELECT id FROM orders", QueryLimits.Default with { Rows = 2 });
        Assert.Equal(2, await CountAsync(cut));
        Assert.Equal("ROW_LIMIT", cut.TruncatedBy);

        await using var whole = await ExecuteAsync("SELECT id FROM orders", QueryLimits.Default with { Rows = 3 });
        Assert.Equal(3, await CountAsync(whole));
        Assert.Null(whole.TruncatedBy);
    }

    [Fact]
    public async Task ReadRowsAsync_ByteLimit_CutsTheResult()
    {
        await using var result = await ExecuteAsync("SELECT printf('%.*c', 1000, 'x') FROM orders", QueryLimits.Default with { ResultBytes = 2500 });

        Assert.Equal(2, await CountAsync(result));
        Assert.Equal("BYTE_LIMIT", result.TruncatedBy);
    }

    [Fact]
    public async Task ReadRowsAsync_CellLimit_CutsAndMarksTheCell()
    {
        await using var result = await ExecuteAsync("SELECT 'aaaaaé' || 'bbbb'", QueryLimits.Default with { CellBytes = 6 });

        var row = await result.ReadRowsAsync(CancellationToken.None).SingleAsync(TestContext.Current.CancellationToken);

        Assert.Equal("aaaaa…", row[0]);
        Assert.Equal("CELL_LIMIT", result.TruncatedBy);
    }

    [Fact]
    public async Task ExecuteAsync_ValueBeyondTheEnginesBound_IsTooLarge()
    {
        var exception = await Assert.ThrowsAsync<TextToSqlException>(
            async () => await RunAsync("SELECT replace(printf('%.*c', 60000000, 'x'), 'x', 'xxxxxxxxxx')"));

        Assert.Equal("QUERY_TOO_LARGE", exception.Reason);
    }

    [Fact]
    public async Task ReadRowsAsync_UndecodableAndNulText_DoesNotFail()
    {
        await using var result = await ExecuteAsync("SELECT CAST(x'61ff62' AS TEXT), 'a' || char(0) || 'b'");

        var row = await result.ReadRowsAsync(CancellationToken.None).SingleAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["a\uFFFDb", "a\0b"], row);
    }

    [Fact]
    public async Task ReadRowsAsync_Utf16Database_ReadsText()
    {
        using var files = new SqliteFiles("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t(x TEXT); INSERT INTO t VALUES ('Zoë');");
        var grant = AccessGrant.Everything(SqliteSchemaReader.Read(files.Database));
        await using var result = await new SqliteExecutor(files.Database)
            .ExecuteAsync(new("SELECT x FROM t"), grant, QueryLimits.Default, TestContext.Current.CancellationToken);

        Assert.Equal("Zoë", (await result.ReadRowsAsync(CancellationToken.None).SingleAsync(TestContext.Current.CancellationToken))[0]);
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public async Task ExecuteAsync_AnyJournalMode_LeavesTheFolderAsItWas(string journalMode)
    {
        using var files = new SqliteFiles($"PRAGMA journal_mode={journalMode};" + Script);
        var before = files.Fingerprint();

        await using (var result = await new SqliteExecutor(files.Database)
            .ExecuteAsync(new("SELECT id FROM orders"), Grant, QueryLimits.Default, TestContext.Current.CancellationToken))
        {
            Assert.Equal(3, await CountAsync(result));
            Assert.Equal(before, files.Fingerprint());
        }

        Assert.Equal(before, files.Fingerprint());
    }

    [Fact]
    public async Task ReadRowsAsync_WalWrittenMeanwhile_SaysSo()
    {
        using var files = new SqliteFiles("PRAGMA journal_mode=wal;" + Script);
        await using var result = await new SqliteExecutor(files.Database)
            .ExecuteAsync(new("SELECT id FROM orders"), Grant, QueryLimits.Default, TestContext.Current.CancellationToken);
        files.Run("INSERT INTO orders VALUES (4, 2, 1)");

        var exception = await Assert.ThrowsAsync<TextToSqlException>(async () => await CountAsync(result));

        Assert.Equal("DATABASE_CHANGED", exception.Reason);
    }

    [Fact]
    public async Task ExecuteAsync_ExclusivelyLocked_IsLocked()
    {
        using var writer = _files.OpenForWriting();
        using var command = writer.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();

        Assert.Equal("DATABASE_LOCKED", (await Assert.ThrowsAsync<TextToSqlException>(async () => await RunAsync("SELECT id FROM orders"))).Reason);
    }

    [Fact]
    public async Task ExecuteAsync_DamagedFile_IsATypedErrorOrRows()
    {
        _files.Run("INSERT INTO orders WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT i, 1 + i % 2, i FROM n");
        var bytes = File.ReadAllBytes(_files.Database);
        var random = new Random(1);
        var reasons = new HashSet<string>();
        for (var round = 0; round < 100; round++)
        {
            var damaged = (byte[])bytes.Clone();
            random.NextBytes(damaged.AsSpan(100 + random.Next(damaged.Length - 400), 300));
            File.WriteAllBytes(_files.Database, damaged);
            try
            {
                await RunAsync("SELECT user_id, sum(amount) FROM orders GROUP BY user_id");
            }
            catch (TextToSqlException exception)
            {
                reasons.Add(exception.Reason);
            }
        }

        Assert.Contains("DATABASE_CORRUPT", reasons);
    }

    private async Task RunAsync(string sql, QueryLimits? limits = null)
    {
        await using var result = await ExecuteAsync(sql, limits);
        await CountAsync(result);
    }

    private static async Task<long> CountAsync(QueryResult result) =>
        await result.ReadRowsAsync(CancellationToken.None).LongCountAsync(TestContext.Current.CancellationToken);

    private Task<QueryResult> ExecuteAsync(string sql, QueryLimits? limits = null) =>
        new SqliteExecutor(_files.Database).ExecuteAsync(new(sql), Grant, limits ?? QueryLimits.Default, TestContext.Current.CancellationToken);
}
