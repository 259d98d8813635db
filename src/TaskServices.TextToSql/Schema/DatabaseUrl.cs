using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Schema;

/// <summary>Where a database is: <c>sqlite:path</c>, or the bare path of an existing file.</summary>
/// <param name="Dialect">The engine. Only SQLite so far.</param>
/// <param name="Path">Path of the file.</param>
public sealed record DatabaseUrl(SqlDialect Dialect, string Path)
{
    /// <summary>Reads a URL.</summary>
    /// <exception cref="TextToSqlException">
    /// Reason <c>DATABASE_URL_INVALID</c> (empty, control characters, unknown scheme), <c>ENGINE_NOT_SUPPORTED</c> (an engine that is
    /// planned, not built) or <c>DATABASE_NOT_FOUND</c> (a bare path to nothing).
    /// </exception>
    public static DatabaseUrl Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl))
            throw Invalid("the database URL is empty or has control characters; write sqlite:path/to/file.");

        // One letter before the colon is a drive, not a scheme.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon > 1 && text.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0 ? text[..colon].ToUpperInvariant() : "";
        switch (scheme)
        {
            case "SQLITE":
                var path = text[(colon + 1)..];
                if (path.StartsWith("//", StringComparison.Ordinal))
                    path = path[2..];
                return path.Length > 0 ? new(SqlDialect.Sqlite, path) : throw Invalid("sqlite: needs a path: sqlite:path/to/file.");
            case "POSTGRES" or "POSTGRESQL" or "MYSQL" or "MARIADB" or "SQLSERVER" or "DUCKDB":
                // The rest of the URL may hold a password: it is not repeated.
                throw new TextToSqlException("ENGINE_NOT_SUPPORTED", $"{text[..colon]}: this engine is not supported yet; only sqlite: is.");
            case var _ when File.Exists(text) || Directory.Exists(text):
                return new(SqlDialect.Sqlite, text);
            case "":
                throw new TextToSqlException("DATABASE_NOT_FOUND", $"{text}: no such file; write a path or sqlite:path.");
            default:
                throw Invalid($"{text[..colon]}: unknown scheme; known are sqlite, postgres, mysql, sqlserver, duckdb.");
        }
    }

    private static ReadOnlySpan<char> SchemeCharacters => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";

    private static TextToSqlException Invalid(string message) => new("DATABASE_URL_INVALID", message);
}
