using System.Text.Json;

namespace TaskServices.Cli.Prediction;

/// <summary>One row of the questions file.</summary>
/// <param name="Id">The id as JSON, so that a number stays a number.</param>
internal sealed record QuestionRow(JsonElement Id, string DatabaseId, string Question)
{
    /// <summary>Gets the id as a key: its JSON text.</summary>
    public string Key { get; } = Id.GetRawText();

    /// <summary>Reads a whole questions file; blank lines are ignored.</summary>
    /// <exception cref="CliException">The file is missing, a line is no such row, or an id comes twice.</exception>
    public static List<QuestionRow> ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw CliException.FileNotFound(path);
        }

        var rows = new List<QuestionRow>();
        var lineById = new Dictionary<string, int>();
        var lineNumber = 0;
        foreach (var line in File.ReadLines(path))
        {
            lineNumber++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var row = Parse(line)
                ?? throw CliException.Environment("BAD_QUESTION_ROW", $"{path}, line {lineNumber}: must be a JSON object with id, db_id and question.");
            if (!lineById.TryAdd(row.Key, lineNumber))
            {
                throw CliException.Environment(
                    "DUPLICATE_ID", $"{path}, line {lineNumber}: id {row.Key} is on line {lineById[row.Key]} already. Make the ids unique.");
            }

            rows.Add(row);
        }

        return rows;
    }

    private static QuestionRow? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            return row.ValueKind is JsonValueKind.Object
                && row.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number
                && row.TryGetProperty("db_id", out var database) && database.ValueKind is JsonValueKind.String
                && row.TryGetProperty("question", out var question) && question.ValueKind is JsonValueKind.String
                    ? new QuestionRow(id.Clone(), database.GetString()!, question.GetString()!)
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string with a lone surrogate escape.
            return null;
        }
    }
}
