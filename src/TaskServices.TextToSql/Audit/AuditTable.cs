using System.Data.Common;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;
using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Audit;

/// <summary>
/// Appends records to the table <c>taskservices_audit(seq, record)</c> of a database: the same lines, in the same chain, as in a file. The login
/// needs to insert and to select, nothing else.
/// </summary>
/// <remarks>
/// The primary key keeps the chain from forking: of two writers that follow the same record one is refused, and follows the other. Docs:
/// <c>docs/roles/audit.sql</c>.
/// </remarks>
internal sealed class AuditTable
{
    private const string Table = "taskservices_audit";
    private const int MaxAttempts = 100;

    private readonly Func<DbConnection> _connect;

    private AuditTable(Func<DbConnection> connect, string place, string? password) => (_connect, Place, Password) = (connect, place, password);

    /// <summary>Gets where the table is, for messages: never with a password.</summary>
    public string Place { get; }

    /// <summary>Gets what no record may have.</summary>
    public string? Password { get; }

    public static bool IsUrl(string path) =>
        path.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase) || path.Contains("://", StringComparison.Ordinal);

    /// <exception cref="AuditException">The URL is malformed, or its engine has no audit table.</exception>
    public static AuditTable Open(string text, Secret? password)
    {
        DatabaseUrl url;
        try
        {
            url = DatabaseUrl.Parse(text, password);
        }
        catch (TextToSqlException exception)
        {
            throw new AuditException($"the audit log's URL cannot be used: {exception.Message}", exception);
        }

        var place = url.Server is null ? url.Path : $"{url.Server.Host}/{url.Path}";
        Func<DbConnection> connect = url.Dialect switch
        {
            SqlDialect.Postgres => () => new NpgsqlConnection(QueryExecutors.PostgresConnection(url.Path, url.Server!)),
            SqlDialect.MySql => () => new MySqlConnection(QueryExecutors.MySqlConnection(url.Path, url.Server!)),
            SqlDialect.Sqlite => () => new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = url.Path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString()),
            _ => throw new AuditException("the audit log takes a file, or a table on PostgreSQL, MySQL or SQLite."),
        };
        return new(connect, $"{place}, table {Table}", url.Server?.Password?.Reveal());
    }

    /// <summary>Appends a record behind the last one, whoever wrote that.</summary>
    /// <param name="kind">Null for no record: the last one is looked at, no more.</param>
    /// <param name="least">Number that the last record must have at least.</param>
    /// <returns>The number of the last record.</returns>
    /// <exception cref="DbException">The table cannot be read or written.</exception>
    public long Append(string? kind, Action<Utf8JsonWriter> writeFields, long least, TimeProvider clock)
    {
        using var connection = _connect();
        connection.Open();
        for (var attempt = 1; ; attempt++)
        {
            var (sequence, hash) = ReadLast(connection);
            if (sequence < least)
                throw new AuditException($"{Place}: the audit log has become shorter while it was in use; stop and look with 'taskservices audit verify'.");
            if (kind is null)
                return sequence;
            try
            {
                var (line, _) = AuditLine.Write(sequence + 1, clock.GetUtcNow(), kind, hash, writeFields);
                connection.Execute(
                    $"INSERT INTO {Table} (seq, record) VALUES (@seq, @record)", new { seq = sequence + 1, record = Encoding.UTF8.GetString(line.AsSpan(..^1)) });
                return sequence + 1;
            }
            catch (DbException exception) when (attempt < MaxAttempts && IsTaken(exception))
            {
                // Another writer was first.
            }
        }
    }

    /// <summary>Reads every record in order.</summary>
    public IEnumerable<string> ReadAll()
    {
        using var connection = _connect();
        connection.Open();
        foreach (var record in connection.Query<string>($"SELECT record FROM {Table} ORDER BY seq", buffered: false))
            yield return record;
    }

    private (long Sequence, string Hash) ReadLast(DbConnection connection)
    {
        if (connection.QueryFirstOrDefault<string>($"SELECT record FROM {Table} ORDER BY seq DESC LIMIT 1") is not { } text)
            return (0, AuditLine.NoHash);
        return AuditLine.Parse(Encoding.UTF8.GetBytes(text)) is { IsIntact: true } last
            ? (last.Sequence, last.Hash)
            : throw new AuditException($"{Place}: the last row is no intact audit record. Look with 'taskservices audit verify'; then name another table's database.");
    }

    private static bool IsTaken(DbException exception) => exception switch
    {
        PostgresException postgres => postgres.SqlState is PostgresErrorCodes.UniqueViolation,
        MySqlException mySql => mySql.ErrorCode is MySqlErrorCode.DuplicateKeyEntry,
        SqliteException sqlite => sqlite.SqliteErrorCode is SQLitePCL.raw.SQLITE_CONSTRAINT,
        _ => false,
    };
}
