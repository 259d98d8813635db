using System.Text.Json.Serialization;

namespace TaskServices.Evals.Datasets;

/// <summary>A question that its database may not be able to answer.</summary>
internal sealed record QuestionRow
{
    public required string Id { get; init; }

    [JsonPropertyName("db_id")]
    public required string DatabaseId { get; init; }

    public required string Question { get; init; }

    /// <summary>Gets the gold query; null where the schema does not hold the answer, so that every query is wrong.</summary>
    [JsonPropertyName("query")]
    public string? GoldSql { get; init; }

    /// <summary>Reads a file of rows.</summary>
    /// <exception cref="EvaluationException"><c>FILE_NOT_FOUND</c>, <c>DATASET_LINE_INVALID</c>.</exception>
    public static IReadOnlyList<QuestionRow> ReadAll(string path) => [.. JsonLines.Read<QuestionRow>(path).Select(row => row.Row)];

    /// <summary>Gets the question as an item of a suite.</summary>
    public Example ToExample() => new() { Id = Id, DatabaseId = DatabaseId, Question = Question, GoldSql = GoldSql ?? "" };
}
