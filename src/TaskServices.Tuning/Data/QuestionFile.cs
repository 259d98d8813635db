using System.Text.Json;
using TaskServices.TextToSql;

namespace TaskServices.Tuning.Data;

/// <summary>A question with its gold query over one database.</summary>
internal sealed record QuestionRow(string DatabaseId, string Question, string Query);

/// <summary>Reads questions: JSON lines with <c>db_id</c>, <c>question</c> (or Spider-Syn's <c>SpiderSynQuestion</c>) and <c>query</c>.</summary>
internal static class QuestionFile
{
    /// <exception cref="TextToSqlException">The file is missing or a line is not such an object.</exception>
    public static IEnumerable<QuestionRow> Read(string path) => JsonLines.Read(path, root => new QuestionRow(
        Text(root, "db_id"),
        root.TryGetProperty("SpiderSynQuestion", out var synonym) ? synonym.GetString() ?? "" : Text(root, "question"),
        Text(root, "query")));

    private static string Text(JsonElement row, string name) =>
        row.GetProperty(name).GetString() ?? throw new InvalidOperationException($"{name} is null.");
}
