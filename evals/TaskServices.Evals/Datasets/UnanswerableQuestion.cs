using System.Text.Json.Serialization;

namespace TaskServices.Evals.Datasets;

/// <summary>A question that its database cannot answer: the right thing is to say so.</summary>
internal sealed record UnanswerableQuestion
{
    public required string Id { get; init; }

    [JsonPropertyName("db_id")]
    public required string DatabaseId { get; init; }

    public required string Question { get; init; }

    /// <exception cref="EvaluationException"><c>FILE_NOT_FOUND</c>, <c>DATASET_LINE_INVALID</c>.</exception>
    public static IReadOnlyList<UnanswerableQuestion> ReadAll(string path) => [.. JsonLines.Read<UnanswerableQuestion>(path).Select(row => row.Row)];

    /// <summary>Gets the question as an item of a suite; no query is right.</summary>
    public Example ToExample() => new() { Id = Id, DatabaseId = DatabaseId, Question = Question, GoldSql = "" };
}
