using System.Text.Json;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Benchmarks.Micro;

/// <summary>Spider's development questions with the schemas of their databases.</summary>
internal static class SpiderQueries
{
    internal sealed record Item(DatabaseSchema Schema, string Question, string Sql);

    /// <summary>Gives every n-th question in file order.</summary>
    public static IReadOnlyList<Item> Read(int every)
    {
        var schemas = new Dictionary<string, DatabaseSchema>(StringComparer.Ordinal);
        var items = new List<Item>();
        foreach (var line in File.ReadLines(RepositoryFiles.Find(RepositoryFiles.Questions)).Where((_, index) => index % every == 0))
        {
            using var row = JsonDocument.Parse(line);
            var database = row.RootElement.GetProperty("db_id").GetString()!;
            if (!schemas.TryGetValue(database, out var schema))
            {
                schema = SqliteSchemaReader.Read(RepositoryFiles.Find($"evals/datasets/spider-dev/databases/{database}/{database}.sqlite"));
                schemas.Add(database, schema);
            }

            items.Add(new Item(schema, row.RootElement.GetProperty("question").GetString()!, row.RootElement.GetProperty("query").GetString()!));
        }

        return items;
    }
}
