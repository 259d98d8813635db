using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace TaskServices.TextToSql.Tests.Schema;

/// <summary>A folder with one SQLite file, removed at the end.</summary>
internal sealed class SqliteFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("taskservices-sqlite-").FullName;

    public SqliteFiles(string? script = null, string fileName = "shop.sqlite")
    {
        Database = Path.Combine(_folder, fileName);
        if (script is not null)
            Run(script);
    }

    public string Database { get; }

    public string Folder => _folder;

    public SqliteConnection OpenForWriting()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Database, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void Run(string script)
    {
        using var connection = OpenForWriting();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The script is the test's own.
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Names and hashes of everything in the folder.</summary>
    public IReadOnlyList<string> Fingerprint() =>
        [.. Directory.EnumerateFileSystemEntries(_folder).Order(StringComparer.Ordinal)
            .Select(path => Path.GetFileName(path) + ":" + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))))];

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
