using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Schema;

/// <summary>
/// Where a database is: <c>sqlite:path</c>, <c>duckdb:path</c>, the bare path of an existing SQLite file, or
/// <c>postgres://user[:password]@host[:port]/database[?sslmode=…]</c> and the same with <c>mysql://</c> or <c>mariadb://</c>, or with
/// <c>sqlserver://</c> or <c>mssql://</c> and <c>[?encrypt=…&amp;trustServerCertificate=…]</c>.
/// </summary>
/// <param name="Dialect">The engine.</param>
/// <param name="Path">Path of the file, or the database's name on its server.</param>
/// <param name="Server">The server and the login; null for files.</param>
public sealed record DatabaseUrl(SqlDialect Dialect, string Path, ServerLogin? Server = null)
{
    /// <summary>Gets the schema that was given in place of a database; null where there is one.</summary>
    public GivenSchema? Given { get; init; }


    /// <summary>Reads a URL. Where it has no password, PostgreSQL's comes from PGPASSWORD, MySQL's from MYSQL_PWD and SQL Server's from SQLCMDPASSWORD.</summary>
    /// <param name="password">Password that was given elsewhere; null for none.</param>
    /// <exception cref="TextToSqlException">
    /// Reason <c>DATABASE_URL_INVALID</c> (malformed, unknown scheme) or <c>DATABASE_NOT_FOUND</c> (a bare path to nothing). No message repeats
    /// a server's URL: it may hold a password.
    /// </exception>
    public static DatabaseUrl Parse(string text, Secret? password = null) => Parse(text, password, Environment.GetEnvironmentVariable);

    internal static DatabaseUrl Parse(string text, Secret? password, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl))
            throw Invalid("the database URL is empty or has control characters; write sqlite:path/to/file.");

        // One letter before the colon is a drive, not a scheme.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon > 1 && text.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0 ? text[..colon].ToUpperInvariant() : "";
        switch (scheme)
        {
            case "SQLITE" or "DUCKDB":
                var path = text[(colon + 1)..];
                if (path.StartsWith("//", StringComparison.Ordinal))
                    path = path[2..];
                return path.Length > 0
                    ? new(scheme is "SQLITE" ? SqlDialect.Sqlite : SqlDialect.DuckDb, path)
                    : throw Invalid($"{text[..colon]}: needs a path: {text[..colon]}:path/to/file.");
            case "POSTGRES" or "POSTGRESQL":
                return ServerLogin.Parse(text, SqlDialect.Postgres, password, () => environment("PGPASSWORD"));
            case "MYSQL" or "MARIADB":
                return ServerLogin.Parse(text, SqlDialect.MySql, password, () => environment("MYSQL_PWD"));
            case "SQLSERVER" or "MSSQL":
                return ServerLogin.Parse(text, SqlDialect.SqlServer, password, () => environment("SQLCMDPASSWORD"));
            case var _ when File.Exists(text) || Directory.Exists(text):
                return new(SqlDialect.Sqlite, text);
            case "":
                throw new TextToSqlException("DATABASE_NOT_FOUND", $"{text}: no such file; write a path or sqlite:path.");
            default:
                throw Invalid($"{text[..colon]}: unknown scheme; known are sqlite, duckdb, postgres, mysql, mariadb, sqlserver.");
        }
    }

    private static ReadOnlySpan<char> SchemeCharacters => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";

    internal static TextToSqlException Invalid(string message) => new("DATABASE_URL_INVALID", message);
}
