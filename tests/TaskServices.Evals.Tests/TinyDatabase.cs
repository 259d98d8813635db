using Microsoft.Data.Sqlite;

namespace TaskServices.Evals.Tests;

/// <summary>A folder with database <c>tiny</c> (three singers) in it; deleted on disposal.</summary>
internal sealed class TinyDatabase : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-evals-tests-");

    public TinyDatabase()
    {
        Path = System.IO.Path.Combine(_folder.CreateSubdirectory(System.IO.Path.Combine("databases", "tiny")).FullName, "tiny.sqlite");
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            CREATE TABLE singer(id INTEGER PRIMARY KEY, name TEXT, age INTEGER);
            INSERT INTO singer VALUES (1, 'Ann', 30), (2, 'Bob', 40), (3, 'Cid', 40);
            """;
        command.ExecuteNonQuery();
    }

    public string Folder => _folder.FullName;

    public string Databases => System.IO.Path.Combine(Folder, "databases");

    /// <summary>Gets the database file.</summary>
    public string Path { get; }

    /// <summary>Writes a file into the folder.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
