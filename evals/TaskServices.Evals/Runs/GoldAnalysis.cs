using System.Collections.Concurrent;
using TaskServices.Evals.Datasets;
using TaskServices.Evals.Metrics.Spider;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Evals.Runs;

/// <summary>Hardness of gold queries and exact match of predictions, by Spider's mini-parser. Safe for use from several threads.</summary>
/// <param name="databases">Database id → file.</param>
internal sealed class GoldAnalysis(IReadOnlyDictionary<string, string> databases)
{
    private readonly ConcurrentDictionary<string, SpiderSchema?> _schemas = new(StringComparer.Ordinal);

    /// <returns><c>unknown</c> and null where the gold query or the schema is outside the mini-parser.</returns>
    public (string Hardness, bool? ExactMatch) Analyze(Example example, string? predictedSql)
    {
        if (_schemas.GetOrAdd(example.DatabaseId, ReadSchema) is not { } schema)
            return ("unknown", null);
        try
        {
            var gold = SpiderParser.Parse(example.GoldSql, schema);
            return (SpiderHardness.Of(gold), predictedSql is not null && ExactSetMatch.IsMatch(gold, predictedSql, schema));
        }
        catch (SpiderParseException)
        {
            return ("unknown", null);
        }
    }

    private SpiderSchema? ReadSchema(string databaseId)
    {
        try
        {
            return new SpiderSchema(SqliteSchemaReader.Read(databases[databaseId]));
        }
        catch (TextToSqlException)
        {
            return null; // execution still scores the item; only hardness and exact match are unknown
        }
    }
}
