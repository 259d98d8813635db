using Microsoft.Data.Sqlite;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Cli;

/// <summary>Reads a schema from <c>CREATE TABLE</c> statements by letting SQLite read them into an empty database of their own.</summary>
internal static class SchemaScript
{
    private const long MaxBytes = 16 << 20;

    /// <exception cref="CliException">The file is missing, too large, or has a statement that is no <c>CREATE TABLE</c> or <c>CREATE VIEW</c>.</exception>
    public static DatabaseSchema Read(string path)
    {
        if (!File.Exists(path))
        {
            throw CliException.FileNotFound(path);
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            throw CliException.Environment("SCHEMA_TOO_LARGE", $"{path}: a schema of more than 16 MiB is not read.");
        }

        var folder = Directory.CreateTempSubdirectory("taskservices-schema-");
        try
        {
            var database = Path.Combine(folder.FullName, "schema.sqlite");
            Execute(path, database);
            return SqliteSchemaReader.Read(database);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Execute(string path, string database)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        connection.Open();
        // The script is somebody's file: it creates tables in this database and does nothing else, ATTACH and extensions included.
        SQLitePCL.raw.sqlite3_limit(connection.Handle, SQLitePCL.raw.SQLITE_LIMIT_ATTACHED, 0);
        SQLitePCL.raw.sqlite3_set_authorizer(connection.Handle, (SQLitePCL.strdelegate_authorizer)((_, action, _, _, _, _) => IsHarmless(action) ? SQLitePCL.raw.SQLITE_OK : SQLitePCL.raw.SQLITE_DENY), null);
        using var command = connection.CreateCommand();
        command.CommandText = File.ReadAllText(path);
        try
        {
            command.ExecuteNonQuery();
        }
        catch (SqliteException exception)
        {
            throw CliException.Environment("BAD_SCHEMA", $"{path}: must be CREATE TABLE statements that SQLite can read ({exception.Message.TrimEnd('.')}).");
        }
    }

    // Creating a table writes the catalog table and reads it back; that is all it does.
    private static bool IsHarmless(int action) => action is
        SQLitePCL.raw.SQLITE_CREATE_TABLE or SQLitePCL.raw.SQLITE_CREATE_VIEW or SQLitePCL.raw.SQLITE_CREATE_INDEX
        or SQLitePCL.raw.SQLITE_INSERT or SQLitePCL.raw.SQLITE_UPDATE or SQLitePCL.raw.SQLITE_READ or SQLitePCL.raw.SQLITE_REINDEX
        or SQLitePCL.raw.SQLITE_SELECT or SQLitePCL.raw.SQLITE_FUNCTION or SQLitePCL.raw.SQLITE_TRANSACTION;
}
