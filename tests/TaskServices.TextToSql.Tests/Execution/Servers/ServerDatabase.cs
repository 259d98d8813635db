using Dapper;
using DuckDB.NET.Data;
using MySqlConnector;
using Npgsql;
using TaskServices.Testing;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Execution.DuckDb;
using TaskServices.TextToSql.Execution.MySql;
using TaskServices.TextToSql.Execution.Postgres;
using TaskServices.TextToSql.Execution.Servers;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Execution.Servers;

/// <summary>A small database on a real engine, with the least privileged account that docs/roles makes, and its owner to look behind it.</summary>
internal sealed class ServerDatabase : IAsyncDisposable
{
    private const string Script = """
        CREATE TABLE users(id INTEGER PRIMARY KEY, name VARCHAR(50), password VARCHAR(50));
        CREATE TABLE orders(id INTEGER PRIMARY KEY, user_id INTEGER, amount DECIMAL(10,2), placed_on DATE, note TEXT, FOREIGN KEY (user_id) REFERENCES users(id));
        CREATE TABLE secrets(id INTEGER PRIMARY KEY, word VARCHAR(50));
        INSERT INTO users VALUES (1, 'Ann', 's3cret'), (2, 'Bob', 'hunter2');
        INSERT INTO orders VALUES (1, 1, 2.50, '2024-02-29', 'first'), (2, 1, 4.00, '2024-03-01', NULL), (3, 2, NULL, NULL, 'Größe ''L''');
        INSERT INTO secrets VALUES (1, 'xyzzy');
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-executor-");
    private readonly Func<string, Task<List<object?>>> _asOwner;

    private ServerDatabase(ServerExecutor executor, SqlDialect dialect, Func<string, Task<List<object?>>> asOwner)
    {
        (Executor, Dialect) = (executor, dialect);
        _asOwner = asOwner;
    }

    public ServerExecutor Executor { get; }

    public SqlDialect Dialect { get; }

    public string Folder => _folder.FullName;

    /// <summary>Starts one, or skips the test with the reason.</summary>
    /// <param name="script">Makes at least users(id, name), which the reader may read in these columns only, and orders, which it may read.</param>
    public static async Task<ServerDatabase> StartAsync(SqlDialect dialect, string script = Script) => dialect switch
    {
        SqlDialect.Postgres => await StartPostgresAsync(script),
        SqlDialect.MySql => await StartMariaDbAsync(script),
        _ => await StartDuckDbAsync(script),
    };

    /// <summary>Runs a query as the owner and gets the first column.</summary>
    public Task<List<object?>> AsOwnerAsync(string sql) => _asOwner(sql);

    public async ValueTask DisposeAsync()
    {
        await Executor.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<ServerDatabase> StartPostgresAsync(string script)
    {
        var owner = RealPostgres.TryCreateDatabase();
        Assert.SkipWhen(owner is null, RealPostgres.Absent);
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        await connection.ExecuteAsync(script);
        var role = "reader_" + Guid.NewGuid().ToString("N");
        await connection.ExecuteAsync((await File.ReadAllTextAsync(TestFiles.InRepository("docs", "roles", "postgres.sql"))).Replace("taskservices_reader", role, StringComparison.Ordinal));
        await connection.ExecuteAsync($"REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM {role}; GRANT SELECT (id, name) ON users TO {role}; GRANT SELECT ON orders TO {role}");
        var reader = new NpgsqlConnectionStringBuilder(owner) { Username = role, Password = "change-me", MaxPoolSize = 20 };
        return new(new PostgresExecutor(reader.ToString()), SqlDialect.Postgres, async sql =>
        {
            await using var second = new NpgsqlConnection(owner);
            return (await second.QueryAsync<object?>(sql)).ToList();
        });
    }

    private static async Task<ServerDatabase> StartMariaDbAsync(string script)
    {
        var owner = RealMariaDb.TryCreateDatabase();
        Assert.SkipWhen(owner is null, RealMariaDb.Absent);
        await using var connection = new MySqlConnection(owner + ";AllowUserVariables=true"); // for the @ of user names
        await connection.OpenAsync();
        await connection.ExecuteAsync(script);
        var database = new MySqlConnectionStringBuilder(owner).Database;
        var user = "r" + Guid.NewGuid().ToString("N");
        await connection.ExecuteAsync((await File.ReadAllTextAsync(TestFiles.InRepository("docs", "roles", "mysql.sql")))
            .Replace("taskservices_reader", user, StringComparison.Ordinal).Replace("shop.*", database + ".orders", StringComparison.Ordinal));
        await connection.ExecuteAsync($"GRANT SELECT (id, name) ON {database}.users TO {user}@'%'");
        var reader = new MySqlConnectionStringBuilder(owner) { UserID = user, Password = "change-me", MaximumPoolSize = 20 };
        return new(new MySqlExecutor(reader.ToString()), SqlDialect.MySql, async sql =>
        {
            await using var second = new MySqlConnection(owner);
            return (await second.QueryAsync<object?>(sql)).ToList();
        });
    }

    private static async Task<ServerDatabase> StartDuckDbAsync(string script)
    {
        var path = Path.Combine(Path.GetTempPath(), "taskservices-" + Guid.NewGuid().ToString("N") + ".duckdb");
        await using (var connection = new DuckDBConnection("DataSource=" + path))
        {
            await connection.OpenAsync();
            await connection.ExecuteAsync(script);
        }

        return new(new DuckDbExecutor(path), SqlDialect.DuckDb, async sql =>
        {
            await using var second = new DuckDBConnection("DataSource=" + path + ";access_mode=READ_ONLY");
            return (await second.QueryAsync<object?>(sql)).ToList();
        });
    }
}
