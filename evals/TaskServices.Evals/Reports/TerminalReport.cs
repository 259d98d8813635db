using System.Globalization;
using Spectre.Console;
using TaskServices.Evals.Runs;
using TaskServices.Evals.Statistics;

namespace TaskServices.Evals.Reports;

/// <summary>Prints results for people.</summary>
internal static class TerminalReport
{
    public static void Write(IAnsiConsole console, Summary summary)
    {
        console.Write(RateTable("metric", summary.Metrics.Append(summary.Ceiling), withBootstrap: true));
        foreach (var (name, rates) in summary.Breakdowns)
            console.Write(RateTable("execution accuracy by " + name, rates, withBootstrap: false));

        var numbers = new Table().Border(TableBorder.Rounded)
            .AddColumns(new TableColumn("per item"), Right("median"), Right("p95"), Right("mean"), Right("items"));
        AddNumbers(numbers, "latency ms", summary.LatencyMs);
        AddNumbers(numbers, "prompt tokens", summary.PromptTokens);
        AddNumbers(numbers, "completion tokens", summary.CompletionTokens);
        if (summary.Cost is { } cost)
            numbers.AddRow("cost of 1,000 questions", Cost(cost.P50), Cost(cost.P95), Cost(cost.Mean), cost.Count.ToString(CultureInfo.InvariantCulture));
        if (numbers.Rows.Count > 0)
            console.Write(numbers);

        if (summary.Confidence is { } confidence)
        {
            var coverage = confidence.CoverageAt90 is { } point
                ? $"{Percent(point.Coverage)} of the items at threshold {point.Threshold:0.000}"
                : "no threshold reaches it";
            console.MarkupLine($"calibration error (ECE) {Percent(confidence.ExpectedCalibrationError)}; answers ≥ 90 % right: {coverage}");
        }

        if (summary.Failures.Count > 0)
            console.WriteLine("failures: " + string.Join(", ", summary.Failures.Select(pair => $"{pair.Key} {pair.Value}")));
    }

    public static void Write(IAnsiConsole console, string first, string second, PairedComparison comparison)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(new TableColumn("run"), Right("execution accuracy"), Right("only this one right"));
        table.AddRow(Markup.Escape(first), Percent(comparison.First), comparison.OnlyFirst.ToString(CultureInfo.InvariantCulture));
        table.AddRow(Markup.Escape(second), Percent(comparison.Second), comparison.OnlySecond.ToString(CultureInfo.InvariantCulture));
        console.Write(table);
        var interval = comparison.Interval is { } bounds ? $", 95 % interval {Points(bounds.Lower)} to {Points(bounds.Upper)} (paired bootstrap over databases)" : "";
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"difference {Points(comparison.Difference)} points on {comparison.Count} common items{interval}; exact McNemar p = {comparison.PValue:0.0000}"));
    }

    /// <summary>Shows one item with everything known about it.</summary>
    public static void Write(IAnsiConsole console, ExampleResult item)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns(new TableColumn("").NoWrap(), new TableColumn(""));
        Add("item", $"{item.Id}, database {item.DatabaseId}, {item.Hardness}, {string.Join(' ', item.Clauses)}");
        Add("question", item.Question);
        Add("gold", item.GoldSql);
        Add("prediction", item.PredictedSql);
        Add("model wrote", item.CompactSql);
        Add("status", string.Join(": ", new[] { item.Status.ToString(), item.Reason, item.Message }.OfType<string>()));
        Add("outcome", item.Correct ? "correct" : $"wrong: {item.Failure}. {item.Detail}");
        Add("rows", $"gold {item.GoldRows}, predicted {item.PredictedRows?.ToString(CultureInfo.InvariantCulture) ?? "none"}");
        Add("other scores", $"BIRD {(item.BirdCorrect ? "right" : "wrong")}" + (item.ExactMatch is { } exact ? $", exact set match {(exact ? "yes" : "no")}" : ""));
        Add("confidence", item.Confidence?.ToString("0.000", CultureInfo.InvariantCulture));
        Add("time", item.LatencyMs is { } latency ? string.Create(CultureInfo.InvariantCulture, $"{latency:0} ms, {item.PromptTokens} + {item.CompletionTokens} tokens") : null);
        console.Write(table);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                table.AddRow(new Text(name), new Text(value));
        }
    }

    /// <summary>Lists failed items by reason, most frequent reason first.</summary>
    public static void WriteFailures(IAnsiConsole console, IReadOnlyList<ExampleResult> failures)
    {
        foreach (var group in failures.GroupBy(item => item.Failure).OrderByDescending(group => group.Count()))
        {
            var table = new Table().Border(TableBorder.Rounded)
                .AddColumns(new TableColumn($"{group.Key} ({group.Count()})").NoWrap(), new TableColumn("question and queries"));
            foreach (var item in group)
                table.AddRow(new Text(item.Id), new Text($"{item.Question}\n  gold: {item.GoldSql}\n  pred: {item.PredictedSql}"));
            console.Write(table);
        }
    }

    public static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Points(double share) => (100 * share).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static Table RateTable(string title, IEnumerable<Rate> rates, bool withBootstrap)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns(new TableColumn(title).NoWrap(), Right("items"), Right("hits"), Right("value"), Right("95 % (items)"));
        if (withBootstrap)
            table.AddColumn(Right("95 % (databases)"));
        foreach (var rate in rates)
        {
            List<string> cells =
            [
                Markup.Escape(withBootstrap ? rate.Name.Replace('_', ' ') : rate.Name),
                rate.Count.ToString(CultureInfo.InvariantCulture),
                rate.Hits.ToString(CultureInfo.InvariantCulture),
                Percent(rate.Value),
                Range(rate.Wilson),
            ];
            if (withBootstrap)
                cells.Add(rate.Bootstrap is { } bootstrap ? Range(bootstrap) : "");
            table.AddRow([.. cells]);
        }

        return table;
    }

    private static void AddNumbers(Table table, string name, Distribution? distribution)
    {
        if (distribution is not null)
        {
            table.AddRow(
                name, Number(distribution.P50), Number(distribution.P95), Number(distribution.Mean),
                distribution.Count.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static TableColumn Right(string title) => new TableColumn(title).RightAligned();

    private static string Range(Interval interval) => string.Create(
        CultureInfo.InvariantCulture, $"{100 * interval.Lower:0.0}–{100 * interval.Upper:0.0}");

    private static string Cost(double perQuestion) => (1_000 * perQuestion).ToString("0.####", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
