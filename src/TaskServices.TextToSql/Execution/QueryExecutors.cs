using Microsoft.Data.SqlClient;
using MySqlConnector;
using Npgsql;
using TaskServices.TextToSql.Execution.DuckDb;
using TaskServices.TextToSql.Execution.MySql;
using TaskServices.TextToSql.Execution.Postgres;
using TaskServices.TextToSql.Execution.SqlServer;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Execution;

/// <summary>Makes the executor of a database. Nothing is opened before its first use.</summary>
public static class QueryExecutors
{
    // Below the CONNECTION LIMIT of docs/roles/postgres.sql, so that two processes fit.
    private const int MaxPoolSize = 50;

    // Longest wait for a free connection, in seconds.
    private const int ConnectTimeout = 15;

    /// <param name="url">Where the database is.</param>
    public static IQueryExecutor Create(DatabaseUrl url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.Given is { } given)
            return new GivenSchemaExecutor(given);
        return url.Dialect switch
        {
            SqlDialect.Sqlite => new SqliteExecutor(url.Path),
            SqlDialect.DuckDb => new DuckDbExecutor(url.Path),
            SqlDialect.Postgres => new PostgresExecutor(PostgresConnection(url.Path, url.Server!)),
            SqlDialect.MySql => new MySqlExecutor(MySqlConnection(url.Path, url.Server!)),
            SqlDialect.SqlServer => new SqlServerExecutor(SqlServerConnection(url.Path, url.Server!)),
            _ => throw new ArgumentOutOfRangeException(nameof(url), url.Dialect, null),
        };
    }

    internal static string PostgresConnection(string database, ServerLogin login) => new NpgsqlConnectionStringBuilder
    {
        Host = login.Host,
        Port = login.Port ?? NpgsqlConnection.DefaultPort,
        Database = database,
        Username = login.User,
        Password = login.Password?.Reveal(),
        SslMode = login.SslMode switch
        {
            "disable" => SslMode.Disable,
            "require" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            _ => SslMode.Prefer,
        },
        MaxPoolSize = MaxPoolSize,
        Timeout = ConnectTimeout,
    }.ToString();

    internal static string MySqlConnection(string database, ServerLogin login) => new MySqlConnectionStringBuilder
    {
        Server = login.Host,
        Port = (uint)(login.Port ?? 3306),
        Database = database,
        UserID = login.User,
        Password = login.Password?.Reveal() ?? "",
        SslMode = login.SslMode switch
        {
            "disable" => MySqlSslMode.Disabled,
            "require" => MySqlSslMode.Required,
            "verify-ca" => MySqlSslMode.VerifyCA,
            "verify-full" => MySqlSslMode.VerifyFull,
            _ => MySqlSslMode.Preferred,
        },
        MaximumPoolSize = MaxPoolSize,
        ConnectionTimeout = ConnectTimeout,
    }.ToString();

    private static string SqlServerConnection(string database, ServerLogin login) => new SqlConnectionStringBuilder
    {
        DataSource = FormattableString.Invariant($"{login.Host},{login.Port ?? 1433}"),
        InitialCatalog = database,
        UserID = login.User,
        Password = login.Password?.Reveal() ?? "",
        Encrypt = login.SslMode switch
        {
            "disable" => SqlConnectionEncryptOption.Optional,
            "strict" => SqlConnectionEncryptOption.Strict,
            _ => SqlConnectionEncryptOption.Mandatory,
        },
        TrustServerCertificate = login.SslMode is "require",
        MaxPoolSize = MaxPoolSize,
        ConnectTimeout = ConnectTimeout,
    }.ToString();
}
