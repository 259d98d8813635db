using System.Globalization;
using Spectre.Console;
using TaskServices.Cli.Terminal;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Cli;

/// <summary>Writes an answer to stdout, for a person or as one JSON object.</summary>
internal static class AnswerPrinter
{
    public static void Write(Answer answer, OutputFormat format, int maxTableRows)
    {
        if (format is OutputFormat.Json)
        {
            WriteJson(answer);
        }
        else
        {
            WriteText(answer, maxTableRows);
        }
    }

    /// <summary>Describes time and tokens, for example <c>1.24 s, 312 prompt tokens (290 cached), 24 completion tokens</c>.</summary>
    public static string DescribeCost(SqlPrediction prediction) => string.Create(
        CultureInfo.InvariantCulture,
        $"{prediction.Duration.TotalSeconds:0.00} s, {prediction.PromptTokenCount} prompt tokens ({prediction.CachedPromptTokenCount} cached), {prediction.CompletionTokenCount} completion tokens");

    private static void WriteJson(Answer answer) => JsonLines.Write(new
    {
        answer.Question,
        answer.Prediction.Status,
        answer.Prediction.Sql,
        answer.Prediction.Reason,
        answer.Prediction.Message,
        answer.Columns,
        answer.Rows,
        RowCount = answer.Rows.Count,
        answer.TruncatedBy,
        answer.Prediction.Explanation,
        answer.Prediction.Confidence,
        Candidates = answer.Prediction.CandidateCount,
        PromptTokens = answer.Prediction.PromptTokenCount,
        CachedPromptTokens = answer.Prediction.CachedPromptTokenCount,
        CompletionTokens = answer.Prediction.CompletionTokenCount,
        LatencyMs = Math.Round(answer.Prediction.Duration.TotalMilliseconds, 1),
        ExecutionMs = Math.Round(answer.ExecutionTime.TotalMilliseconds, 1),
    });

    private static void WriteText(Answer answer, int maxTableRows)
    {
        var output = TerminalOutput.Out;
        var prediction = answer.Prediction;
        if (prediction.Status is PredictionStatus.Answered)
        {
            output.Write(new Text(prediction.Sql ?? "", new Style(Color.Aqua)));
            output.WriteLine();
            WriteRows(output, answer, maxTableRows);
            if (prediction.Explanation is { } explanation)
            {
                output.Write(new Text(CellText.OneLine(explanation)));
                output.WriteLine();
            }
        }
        else
        {
            output.Write(new Text(
                $"{StatusName(prediction.Status)} [{prediction.Reason}] {CellText.OneLine(prediction.Message ?? "")}", new Style(Color.Yellow)));
            output.WriteLine();
            if (prediction.Sql is { } best)
            {
                output.Write(new Text("Not executed: " + best, new Style(decoration: Decoration.Dim)));
                output.WriteLine();
            }
        }

        var confidence = string.Create(CultureInfo.InvariantCulture, $"confidence {prediction.Confidence:0.00}, ");
        output.Write(new Text(confidence + DescribeCost(prediction), new Style(decoration: Decoration.Dim)));
        output.WriteLine();
    }

    private static void WriteRows(IAnsiConsole output, Answer answer, int maxTableRows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in answer.Columns)
        {
            table.AddColumn(new TableColumn(new Text(CellText.OneLine(column), new Style(decoration: Decoration.Bold))));
        }

        foreach (var row in answer.Rows.Take(maxTableRows))
        {
            table.AddRow(row.Select(cell => new Text(CellText.Format(cell))));
        }

        if (answer.Columns.Count > 0 && answer.Rows.Count > 0)
        {
            output.Write(table);
        }

        var shown = answer.Rows.Count > maxTableRows ? $", {maxTableRows} shown" : "";
        var cut = answer.TruncatedBy is { } limit ? $", cut by {limit}: there are more" : "";
        output.WriteLine($"{answer.Rows.Count} {(answer.Rows.Count == 1 ? "row" : "rows")}{shown}{cut}");
    }

    /// <summary>Gets the status as JSON and protos spell it.</summary>
    public static string StatusName(PredictionStatus status) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseUpper.ConvertName(status.ToString());
}
