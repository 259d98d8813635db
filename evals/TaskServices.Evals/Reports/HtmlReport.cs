using System.Globalization;
using System.Net;
using System.Text;
using TaskServices.Evals.Runs;
using TaskServices.Evals.Statistics;

namespace TaskServices.Evals.Reports;

/// <summary>Writes a run as one HTML file without scripts or external resources: figures, plots, every failure.</summary>
/// <remarks>All text of questions, queries and models is encoded, and the page's policy forbids scripts and loading.</remarks>
internal static class HtmlReport
{
    private const string Style = """
        body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1d2733;background:#fff}
        h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
        table{border-collapse:collapse;margin:.5rem 0}th,td{border-bottom:1px solid #dde3ea;padding:.25rem .7rem;text-align:left;vertical-align:top}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        code{font:12px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
        .plots{display:flex;flex-wrap:wrap;gap:2rem}figure{margin:0}figcaption{font-weight:600}
        svg text{font-size:12px;fill:#1d2733}svg .axis{font-size:11px;fill:#5b6875}svg .grid{stroke:#e6ebf0}
        svg .bar{fill:#9cc3e6}svg .whisker{stroke:#1b4f7d;fill:none}svg .line{fill:none;stroke:#1b6fb3;stroke-width:2}
        svg .dot{fill:#1b6fb3;fill-opacity:.75}svg .diagonal{stroke:#9aa7b3;stroke-dasharray:4 4}
        summary{cursor:pointer;font-weight:600;padding:.3rem 0}.failures{table-layout:fixed;width:100%}.quiet{color:#5b6875}
        """;

    public static string Render(Summary summary, IReadOnlyList<ExampleResult> results)
    {
        var page = new StringBuilder();
        var accuracy = summary.Metric("execution_accuracy");
        page.Append("<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>")
            .Append("<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">")
            .Append("<title>Text-to-SQL evaluation</title><style>").Append(Style).Append("</style></head><body>");
        Add(page, $"<h1>Text-to-SQL evaluation: {100 * accuracy.Value:0.0} % execution accuracy on {summary.Count} questions</h1>");
        page.Append("<p class='quiet'>").Append(Encode(summary.Command)).Append("<br>")
            .Append(Encode($"{summary.CreatedAt:yyyy-MM-dd HH:mm} UTC, seed {summary.Seed}, commit {summary.Commit ?? "unknown"}, {summary.Machine}, {summary.Parallelism} at a time"))
            .Append("</p>");
        AppendMetrics(page, summary);
        AppendPlots(page, summary);
        AppendFailures(page, results);
        AppendSettings(page, summary);
        return page.Append("</body></html>\n").ToString();
    }

    private static void AppendMetrics(StringBuilder page, Summary summary)
    {
        page.Append("<h2>Figures</h2><table><tr><th>metric<th class='n'>items<th class='n'>hits<th class='n'>value<th class='n'>95 %, items (Wilson)<th class='n'>95 %, databases (bootstrap)</tr>");
        foreach (var rate in summary.Metrics.Append(summary.Ceiling))
        {
            Add(page, $"<tr><td>{Encode(rate.Name.Replace('_', ' '))}<td class='n'>{rate.Count}<td class='n'>{rate.Hits}<td class='n'>{100 * rate.Value:0.0} %<td class='n'>{Range(rate.Wilson)}<td class='n'>{(rate.Bootstrap is { } bounds ? Range(bounds) : "")}</tr>");
        }

        page.Append("</table><table><tr><th>per item<th class='n'>median<th class='n'>95th percentile<th class='n'>mean<th class='n'>items</tr>");
        AppendNumbers(page, "question to SQL, ms", summary.LatencyMs);
        AppendNumbers(page, "prompt tokens", summary.PromptTokens);
        AppendNumbers(page, "completion tokens", summary.CompletionTokens);
        if (summary.Cost is { } cost)
            Add(page, $"<tr><td>cost of 1,000 questions<td class='n'>{1_000 * cost.P50:0.####}<td class='n'>{1_000 * cost.P95:0.####}<td class='n'>{1_000 * cost.Mean:0.####}<td class='n'>{cost.Count}</tr>");
        page.Append("</table>");
    }

    private static void AppendNumbers(StringBuilder page, string name, Distribution? numbers)
    {
        if (numbers is not null)
            Add(page, $"<tr><td>{name}<td class='n'>{numbers.P50:0.#}<td class='n'>{numbers.P95:0.#}<td class='n'>{numbers.Mean:0.#}<td class='n'>{numbers.Count}</tr>");
    }

    private static void AppendPlots(StringBuilder page, Summary summary)
    {
        page.Append("<h2>Execution accuracy</h2><div class='plots'>");
        foreach (var (name, rates) in summary.Breakdowns)
            AppendFigure(page, "by " + name, SvgPlot.Bars(rates));
        page.Append("</div>");
        if (summary.Confidence is not { } confidence)
            return;

        var coverage = confidence.CoverageAt90 is { } point
            ? FormattableString.Invariant($"at threshold {point.Threshold:0.000}, {100 * point.Coverage:0.0} % are answered and at least 90 % of the answers are right")
            : "no threshold makes 90 % of the answers right";
        Add(page, $"<h2>Confidence</h2><p>Expected calibration error {100 * confidence.ExpectedCalibrationError:0.0} %, area under the risk–coverage curve {confidence.AreaUnderRiskCoverage:0.000}; {coverage}.</p><div class='plots'>");
        AppendFigure(page, "risk and coverage", SvgPlot.RiskCoverage(confidence.RiskCoverage));
        AppendFigure(page, "reliability", SvgPlot.Reliability(confidence.Bins));
        page.Append("</div>");
    }

    private static void AppendFigure(StringBuilder page, string caption, string svg) =>
        page.Append("<figure><figcaption>").Append(Encode(caption)).Append("</figcaption>").Append(svg).Append("</figure>");

    private static void AppendFailures(StringBuilder page, IReadOnlyList<ExampleResult> results)
    {
        page.Append("<h2>Failures</h2>");
        foreach (var group in results.Where(item => item.Failure is not null).GroupBy(item => item.Failure!).OrderByDescending(group => group.Count()))
        {
            Add(page, $"<details><summary>{Encode(group.Key)}: {group.Count()}</summary><table class='failures'><tr><th>question<th>gold<th>prediction<th>reason</tr>");
            foreach (var item in group)
            {
                page.Append("<tr><td>").Append(Encode(item.Question)).Append("<br><span class='quiet'>")
                    .Append(Encode($"{item.Id}, {item.DatabaseId}, {item.Hardness}")).Append("</span><td><code>").Append(Encode(item.GoldSql))
                    .Append("</code><td><code>").Append(Encode(item.PredictedSql ?? "")).Append("</code><td>")
                    .Append(Encode(string.Join(" ", new[] { item.Status is TextToSql.Generation.PredictionStatus.Answered ? null : item.Status.ToString(), item.Reason, item.Detail, item.Message }.OfType<string>())))
                    .Append("</tr>");
            }

            page.Append("</table></details>");
        }
    }

    private static void AppendSettings(StringBuilder page, Summary summary)
    {
        page.Append("<h2>Data, model and settings</h2><details><summary>Hashes and limits</summary><table>");
        foreach (var (name, value) in summary.Settings)
            page.Append("<tr><td>").Append(Encode(name)).Append("<td><code>").Append(Encode(value)).Append("</code></tr>");
        page.Append("</table></details>");
    }

    private static string Range(Interval interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Lower:0.0}–{100 * interval.Upper:0.0}");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static void Add(StringBuilder page, FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture));
}
