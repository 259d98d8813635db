using Microsoft.Data.Sqlite;
using TaskServices.Evals.Runs;

namespace TaskServices.Evals.Tests.Runs;

public sealed class DatabaseMutationsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-mutations-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Apply_KeepsSchemaAndKeysAndChangesRowsAndValues()
    {
        var original = Create("a.sqlite");
        var variant = Path.Combine(_folder.FullName, "b.sqlite");
        File.Copy(original, variant);

        DatabaseMutations.Apply(variant, seed: 1);

        Assert.Equal(Query(original, "SELECT sql FROM sqlite_schema WHERE type <> 'trigger' ORDER BY name"), Query(variant, "SELECT sql FROM sqlite_schema ORDER BY name"));
        Assert.Equal("150", Query(variant, "SELECT count(*) FROM pet"));
        Assert.Equal("0", Query(variant, $"ATTACH '{original}' AS o; SELECT count(*) FROM pet p JOIN o.pet q USING (id) WHERE p.owner <> q.owner"));
        Assert.NotEqual(
            Query(original, "SELECT group_concat(kind || weight) FROM pet"), Query(variant, "SELECT group_concat(kind || weight) FROM pet"));
        Assert.Equal("0", Query(variant, "SELECT count(*) FROM pet WHERE kind NOT IN ('cat', 'dog', 'hen')"));
    }

    [Fact]
    public void Apply_SameSeed_GivesTheSameData()
    {
        string[] dumps = [.. new[] { "c.sqlite", "d.sqlite" }.Select(name =>
        {
            var path = Create(name);
            DatabaseMutations.Apply(path, seed: 7);
            return Query(path, "SELECT group_concat(id || kind || weight) FROM pet");
        })];

        Assert.Equal(dumps[0], dumps[1]);
    }

    private string Create(string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        Query(path, """
            CREATE TABLE owner(id INTEGER PRIMARY KEY, name TEXT UNIQUE CHECK (length(name) > 0));
            CREATE TABLE pet(id INTEGER PRIMARY KEY, owner INTEGER REFERENCES owner(id), kind TEXT, weight REAL);
            CREATE TRIGGER no_delete BEFORE DELETE ON pet BEGIN SELECT RAISE(ABORT, 'no'); END;
            INSERT INTO owner SELECT column1, 'Owner ' || column1 FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9));
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
            INSERT INTO pet SELECT i, i % 10, CASE i % 3 WHEN 0 THEN 'cat' WHEN 1 THEN 'dog' ELSE 'hen' END, i * 1.5 FROM n;
            """);
        return path;
    }

    private static string Query(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(reader.IsDBNull(0) ? "" : reader.GetValue(0).ToString()!);
        }

        return string.Join('\n', lines);
    }
}
