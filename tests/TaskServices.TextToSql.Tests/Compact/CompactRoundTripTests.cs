using System.Text.Json;
using TaskServices.Testing;
using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Tests.Compact;

public sealed class CompactRoundTripTests(ITestOutputHelper output)
{
    [Fact]
    public void Expand_OfEncodedSpiderDev_GivesTheSameRows()
    {
        var folder = TestFiles.TryShared("data", "sql", "spider");
        Assert.SkipWhen(folder is null, "../shared/data/sql/spider is absent.");
        var roundTrip = new RoundTrip(folder);
        roundTrip.Run(Path.Combine(folder, "spider_dev.jsonl"));
        output.WriteLine(string.Join('\n', roundTrip.Losses));
        Assert.True(roundTrip.Count - roundTrip.Losses.Count >= 1_025, $"{roundTrip.Losses.Count} of {roundTrip.Count} lost.");
    }

    [Fact(Explicit = true)]
    public void Expand_OfEncodedSpiderTrain_GivesTheSameRows()
    {
        var folder = TestFiles.TryShared("data", "sql", "spider");
        Assert.SkipWhen(folder is null, "../shared/data/sql/spider is absent.");
        var roundTrip = new RoundTrip(folder);
        roundTrip.Run(Path.Combine(folder, "spider_train.jsonl"));
        output.WriteLine($"{roundTrip.Count - roundTrip.Losses.Count} of {roundTrip.Count}");
        output.WriteLine(string.Join('\n', roundTrip.Losses));
        Assert.True(roundTrip.Count - roundTrip.Losses.Count >= 8_600, $"{roundTrip.Losses.Count} of {roundTrip.Count} lost.");
    }

    [Fact]
    public void Encode_OfReferenceQueries_GivesTheReferenceText()
    {
        var path = TestFiles.TryShared("fixtures", "text_to_sql", "reference_predictions.jsonl");
        Assert.SkipWhen(path is null, "../shared/fixtures is absent.");
        var folder = TestFiles.TryShared("data", "sql", "spider")!;
        var gold = File.ReadLines(Path.Combine(folder, "spider_dev.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(row => row.GetProperty("id").GetString()!, row => row.GetProperty("query").GetString()!);
        var (equal, count) = (0, 0);
        foreach (var line in File.ReadLines(path))
        {
            using var document = JsonDocument.Parse(line);
            var database = document.RootElement.GetProperty("db_id").GetString()!;
            var file = new[] { "database", "database_reconstructed" }.Select(f => Path.Combine(folder, f, database, database + ".sqlite")).First(File.Exists);
            var expected = document.RootElement.GetProperty("gold_compact").GetString()!;
            var query = gold[document.RootElement.GetProperty("id").GetString()!];
            count++;
            var actual = "";
            try
            {
                actual = CompactSql.Encode(SqlParser.Parse(query, SqlDialect.Sqlite), SqliteSchemaReader.Read(file));
            }
            catch (TextToSqlException exception)
            {
                actual = exception.Message;
            }

            if (actual == expected.Replace(" asc", "", StringComparison.Ordinal))
            {
                equal++;
            }
            else
            {
                output.WriteLine($"{query}\n  {expected}\n  {actual}");
            }
        }

        output.WriteLine($"{equal} of {count} equal");
        Assert.True(equal >= 280, $"{equal} of {count} equal.");
    }
}
