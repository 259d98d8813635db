using System.Text.Json;
using TaskServices.TextToSql;

namespace TaskServices.Tuning.Data;

/// <summary>Reads a file of JSON objects, one a line.</summary>
internal static class JsonLines
{
    /// <exception cref="TextToSqlException">The file is missing, or a line is not what <paramref name="parse"/> expects; names file and line.</exception>
    public static IEnumerable<T> Read<T>(string path, Func<JsonElement, T> parse)
    {
        if (!File.Exists(path))
        {
            throw new TextToSqlException("QUESTIONS_NOT_FOUND", $"{path} does not exist. Name a JSON-lines file of questions.");
        }

        var lineNumber = 0;
        foreach (var line in File.ReadLines(path))
        {
            lineNumber++;
            if (line.Length > 0)
            {
                yield return Parse(path, lineNumber, line, parse);
            }
        }
    }

    private static T Parse<T>(string path, int lineNumber, string line, Func<JsonElement, T> parse)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return parse(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new TextToSqlException("QUESTIONS_INVALID", $"{path}, line {lineNumber}: not a question of the expected form. {exception.Message}", exception);
        }
    }
}
