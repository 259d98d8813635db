using Microsoft.Data.Sqlite;

namespace TaskServices.TextToSql.Execution;

/// <summary>Turns the engine's failures into typed ones. The engine's own text stays inside: it can carry stored values.</summary>
internal static class SqliteErrors
{
    // https://www.sqlite.org/rescode.html
    public const int GenericError = 1;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int AuthorizationDenied = 23;
    private const int NotADatabase = 26;

    public static TextToSqlException ToTyped(SqliteException exception, string path) => exception.SqliteErrorCode switch
    {
        Busy or Locked => new("DATABASE_LOCKED", $"{path}: another program holds the database; try again when it has finished.", exception),
        Corrupt => new("DATABASE_CORRUPT", $"{path}: the database is damaged; restore it from a backup or run its integrity check.", exception),
        NotADatabase => new("NOT_A_DATABASE", $"{path}: not a SQLite database, or an encrypted one.", exception),
        ReadOnly => new(
            "DATABASE_UNREADABLE",
            $"{path}: an unfinished transaction of another program lies beside it; open it once with a program that may write.",
            exception),
        CannotOpen or IoError => new("DATABASE_UNREADABLE", $"{path}: cannot be read; check its permissions and its disk.", exception),
        AuthorizationDenied => new("QUERY_REFUSED", "The statement reads what is not granted, or is not a plain SELECT.", exception),
        TooBig => new("QUERY_TOO_LARGE", "A value or the statement itself is larger than the engine is allowed to handle; ask for less.", exception),
        _ => new("QUERY_FAILED", "The engine refused the statement or failed to run it.", exception),
    };
}
