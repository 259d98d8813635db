using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace TaskServices.Benchmarks.Inference;

/// <summary>Prints the report.</summary>
internal static class MetricTable
{
    /// <summary>Names in snake_case; a peer that was not measured is null.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(IAnsiConsole console, IReadOnlyList<MetricRow> rows, IReadOnlyList<string> contenders)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(
            new TableColumn("metric").NoWrap(),
            new TableColumn("ours").RightAligned(),
            new TableColumn("peer").RightAligned(),
            new TableColumn("ours ÷ peer").RightAligned(),
            new TableColumn("unit"),
            new TableColumn("better"));
        foreach (var row in rows)
        {
            table.AddRow(row.Metric, Number(row.Ours), Number(row.Peer), Number(row.Ratio), row.Unit, row.LowerIsBetter ? "lower" : "higher");
        }

        console.Write(table);
        foreach (var contender in contenders)
        {
            console.WriteLine(contender);
        }
    }

    private static string Number(double? value) => value is not { } number ? "" : number.ToString(
        Math.Abs(number) >= 100 ? "0" : Math.Abs(number) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
