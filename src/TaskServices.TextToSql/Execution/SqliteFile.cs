using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TaskServices.TextToSql.Execution;

/// <summary>Opens SQLite files so that nothing is ever created, changed or left beside them.</summary>
/// <remarks>
/// A file in WAL mode whose log is absent or empty is opened as immutable: a plain read-only handle would create <c>-wal</c> and <c>-shm</c>
/// files. <see cref="Stamp"/> then tells whether somebody wrote meanwhile. Where a log with content exists, it is read through the usual locks.
/// </remarks>
internal static class SqliteFile
{
    // Only waiting for a lock obeys this; running time is bounded by the progress handler.
    private const int LockTimeoutSeconds = 2;
    private const int HeaderLength = 100;
    private const int WalVersion = 2;

    /// <summary>State of a file by which a change shows.</summary>
    public readonly record struct Stamp(long Length, DateTime WrittenAtUtc, long LogLength, DateTime LogWrittenAtUtc);

    public static Stamp GetStamp(string path)
    {
        var file = new FileInfo(path);
        var log = new FileInfo(path + "-wal");
        return new(
            file.Exists ? file.Length : -1,
            file.Exists ? file.LastWriteTimeUtc : default,
            log.Exists ? log.Length : 0,
            log.Exists && log.Length > 0 ? log.LastWriteTimeUtc : default);
    }

    /// <summary>Opens a connection of its own, never pooled: no state outlives it.</summary>
    /// <exception cref="TextToSqlException">The file is absent, unreadable or no database.</exception>
    public static SqliteConnection OpenReadOnly(string path) => OpenReadOnly(path, out _);

    /// <inheritdoc cref="OpenReadOnly(string)"/>
    /// <param name="immutable">Whether the engine takes no locks, so that a writer must be noticed by <see cref="GetStamp"/>.</param>
    public static SqliteConnection OpenReadOnly(string path, out bool immutable)
    {
        immutable = CheckHeader(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = ToUri(path) + (immutable ? "&immutable=1" : ""),
            Mode = SqliteOpenMode.ReadOnly,
            Cache = SqliteCacheMode.Private,
            Pooling = false,
            DefaultTimeout = LockTimeoutSeconds,
        }.ToString());
        try
        {
            connection.Open();
            Harden(connection.Handle!);
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw SqliteErrors.ToTyped(exception, path);
        }
    }

    private static string ToUri(string path) =>
        "file:" + Path.GetFullPath(path)
            .Replace("%", "%25", StringComparison.Ordinal)
            .Replace("?", "%3f", StringComparison.Ordinal)
            .Replace("#", "%23", StringComparison.Ordinal) + "?mode=ro";

    /// <summary>Checks the file before the engine sees it; true where it must be opened as immutable.</summary>
    private static bool CheckHeader(string path)
    {
        if (Directory.Exists(path))
            throw new TextToSqlException("NOT_A_DATABASE", $"{path}: a folder, not a SQLite database.");
        if (!File.Exists(path))
            throw new TextToSqlException("DATABASE_NOT_FOUND", $"{path}: no such file.");

        // Devices and pipes have no length: they are never opened, since reading them could wait for ever.
        var length = new FileInfo(path).Length;
        if (length == 0)
            throw new TextToSqlException("SCHEMA_EMPTY", $"{path}: the file is empty; check that this is the file you meant.");

        Span<byte> header = stackalloc byte[HeaderLength];
        int read;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            read = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TextToSqlException("DATABASE_UNREADABLE", $"{path}: cannot be read; check its permissions.", exception);
        }

        if (read < HeaderLength || !header.StartsWith("SQLite format 3\0"u8))
            throw new TextToSqlException("NOT_A_DATABASE", $"{path}: not a SQLite database, or an encrypted one.");

        // Bytes 18 and 19: write and read version of the file format.
        return (header[18] == WalVersion || header[19] == WalVersion) && GetStamp(path).LogLength == 0;
    }

    private static void Harden(sqlite3 handle)
    {
        // Layers below the authorizer: a schema made by somebody else cannot run code or corrupt memory through its own text.
        raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_DEFENSIVE, 1, out _);
        raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, out _);
        raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, out _);
        raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_ATTACHED, 0);
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_TRIGGER_DEPTH, 0);
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_WORKER_THREADS, 0);
    }
}
