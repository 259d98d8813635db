using System.Text.Json;
using TaskServices.TextToSql;

namespace TaskServices.Tuning.Data;

/// <summary>A question with its gold query over one database.</summary>
internal sealed record QuestionRow(string DatabaseId, string Question, string Query);

/// <summary>Reads questions: JSON lines with <c>db_id</c>, <c>question</c> (or Spider-Syn's <c>SpiderSynQuestion</c>) and <c>query</c>.</summary>
internal static class QuestionFile
{
    /// <exception cref="TextToSqlException">The file is missing or a line is not such an object.</exception>
    public static IReadOnlyList<QuestionRow> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new TextToSqlException("QUESTIONS_NOT_FOUND", $"{path} does not exist. Name a JSON-lines file of questions.");
        }

        var rows = new List<QuestionRow>();
        var lineNumber = 0;
        foreach (var line in File.ReadLines(path))
        {
            lineNumber++;
            if (line.Length == 0)
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line);
                var root = document.RootElement;
                var question = root.TryGetProperty("SpiderSynQuestion", out var synonym) ? synonym : root.GetProperty("question");
                rows.Add(new(Text(root.GetProperty("db_id")), Text(question), Text(root.GetProperty("query"))));
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new TextToSqlException(
                    "QUESTIONS_INVALID", $"{path}, line {lineNumber}: expected an object with db_id, question and query.", exception);
            }
        }

        return rows;
    }

    private static string Text(JsonElement element) => element.GetString() ?? throw new InvalidOperationException("The value is null.");
}
