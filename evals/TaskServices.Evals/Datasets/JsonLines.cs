using System.Text.Json;

namespace TaskServices.Evals.Datasets;

/// <summary>Reads files with one JSON object a line; a bad line is an error with its number, never skipped.</summary>
internal static class JsonLines
{
    /// <summary>Longest line accepted, in characters: no question or query comes near it.</summary>
    private const int MaxLineLength = 1 << 20;

    /// <summary>Reads every row; blank lines are allowed.</summary>
    /// <exception cref="EvaluationException">
    /// <c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>DATASET_LINE_INVALID</c> with the line's number.
    /// </exception>
    public static IReadOnlyList<(int LineNumber, T Row)> Read<T>(string path)
        where T : class
    {
        if (!File.Exists(path))
        {
            throw new EvaluationException("FILE_NOT_FOUND", $"{path}: no such file; check the path.");
        }

        var rows = new List<(int, T)>();
        try
        {
            var number = 0;
            foreach (var line in File.ReadLines(path))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line))
                {
                    rows.Add((number, Parse<T>(path, number, line)));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException("FILE_UNREADABLE", $"{path}: cannot be read; check its permissions.", exception);
        }

        return rows;
    }

    private static T Parse<T>(string path, int number, string line)
        where T : class
    {
        if (line.Length > MaxLineLength)
        {
            throw new EvaluationException("DATASET_LINE_INVALID", $"{path}:{number}: the line is longer than {MaxLineLength} characters.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(line, Json.Line)
                ?? throw new EvaluationException("DATASET_LINE_INVALID", $"{path}:{number}: null where an object is expected.");
        }
        catch (JsonException exception)
        {
            var column = exception.BytePositionInLine is { } position ? $", byte {position}" : "";
            throw new EvaluationException(
                "DATASET_LINE_INVALID", $"{path}:{number}: not a JSON object of the expected shape{column}; correct or remove the line.", exception);
        }
    }
}
