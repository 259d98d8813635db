using System.Text.Json.Serialization;

namespace TaskServices.Evals.Datasets;

/// <summary>One question with its gold query.</summary>
internal sealed record Example
{
    public required string Id { get; init; }

    [JsonPropertyName("db_id")]
    public required string DatabaseId { get; init; }

    public required string Question { get; init; }

    /// <summary>Gets the gold query.</summary>
    [JsonPropertyName("query")]
    public required string GoldSql { get; init; }

    /// <summary>Reads a question file; ids are unique and no field is empty.</summary>
    /// <param name="limit">Reads the first so many; null for all.</param>
    /// <exception cref="EvaluationException"><c>DATASET_LINE_INVALID</c>, <c>DATASET_ID_DUPLICATE</c>, <c>DATASET_EMPTY</c>.</exception>
    public static IReadOnlyList<Example> ReadAll(string path, int? limit)
    {
        var lineById = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = JsonLines.Read<Example>(path);
        foreach (var (number, row) in rows)
        {
            foreach (var (field, value) in new[] { ("id", row.Id), ("db_id", row.DatabaseId), ("question", row.Question), ("query", row.GoldSql) })
            {
                if (string.IsNullOrWhiteSpace(value))
                {
                    throw new EvaluationException("DATASET_LINE_INVALID", $"{path}:{number}: field '{field}' is empty.");
                }
            }

            if (!lineById.TryAdd(row.Id, number))
            {
                throw new EvaluationException(
                    "DATASET_ID_DUPLICATE", $"{path}:{number}: id '{row.Id}' stands on line {lineById[row.Id]} already; ids must be unique.");
            }
        }

        if (rows.Count == 0)
        {
            throw new EvaluationException("DATASET_EMPTY", $"{path}: holds no question.");
        }

        return [.. rows.Select(row => row.Row).Take(limit ?? int.MaxValue)];
    }
}
