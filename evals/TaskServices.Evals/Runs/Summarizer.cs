using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using TaskServices.Evals.Contenders;
using TaskServices.Evals.Metrics;
using TaskServices.Evals.Statistics;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Evals.Runs;

/// <summary>Counts a run's items.</summary>
internal static class Summarizer
{
    private static readonly string[] HardnessOrder = ["easy", "medium", "hard", "extra", "unknown"];

    private static readonly string[] ClauseOrder = ["plain", "join", "nested", "set", "group", "having", "order", "limit", "distinct"];

    /// <param name="unanswerable">What came back for questions that cannot be answered; empty where none were asked.</param>
    /// <param name="gold">The same items with the gold query as prediction.</param>
    public static Summary Summarize(
        IReadOnlyList<ExampleResult> results,
        IReadOnlyList<ExampleResult> gold,
        IReadOnlyList<Prediction> unanswerable,
        RunSettings settings,
        string command,
        int parallelism,
        ulong seed) => new()
        {
            Suite = "text-to-sql",
            CreatedAt = DateTimeOffset.UtcNow,
            Command = command,
            Commit = Revision(),
            Machine = string.Create(
                CultureInfo.InvariantCulture,
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}"),
            Seed = seed,
            Settings = settings.Values,
            Parallelism = parallelism,
            Count = results.Count,
            Ceiling = Rate.Of("gold_as_prediction", gold.Count(item => item.Correct), gold.Count),
            Metrics = Metrics(results, unanswerable, seed),
            LatencyMs = Distribution.Of(results.Select(item => item.LatencyMs)),
            PromptTokens = Distribution.Of(results.Select(item => (double?)item.PromptTokens)),
            CompletionTokens = Distribution.Of(results.Select(item => (double?)item.CompletionTokens)),
            Cost = Distribution.Of(results.Select(item => item.Cost)),
            Confidence = Confidence(results),
            Breakdowns = new Dictionary<string, IReadOnlyList<Rate>>
            {
                ["hardness"] = Breakdown(results, item => [item.Hardness], HardnessOrder),
                ["clause"] = Breakdown(results, item => item.Clauses, ClauseOrder),
                ["database"] = Breakdown(results, item => [item.DatabaseId], [.. results.Select(item => item.DatabaseId).Distinct().Order(StringComparer.Ordinal)]),
            },
            Failures = results.Where(item => item.Failure is not null).GroupBy(item => item.Failure!)
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Count()),
        };

    private static List<Rate> Metrics(IReadOnlyList<ExampleResult> results, IReadOnlyList<Prediction> unanswerable, ulong seed)
    {
        var metrics = new List<Rate>
        {
            WithBootstrap("execution_accuracy", item => item.Correct),
            WithBootstrap("bird_execution_accuracy", item => item.BirdCorrect),
            WithBootstrap("valid", item => item.Valid),
            WithBootstrap("executable", item => item.Executable),
            WithBootstrap("answered", item => item.Status is PredictionStatus.Answered),
            WithBootstrap("abstained", item => item.Status is PredictionStatus.NeedsClarification or PredictionStatus.Unanswerable),
            WithBootstrap("refused", item => item.Status is PredictionStatus.Refused),
            WithBootstrap("error", item => item.Status is PredictionStatus.Error),
        };
        if (results.Any(item => item.TestSuiteCorrect is not null))
            metrics.Insert(1, WithBootstrap("test_suite_accuracy", item => item.TestSuiteCorrect is true));
        if (results.Any(item => item.ExactMatch is not null))
            metrics.Insert(metrics.Count - 6, WithBootstrap("exact_set_match", item => item.ExactMatch is true)); // unknown counts as no match
        var answered = results.Where(item => item.Status is PredictionStatus.Answered).ToList();
        metrics.Add(Rate.Of("accuracy_of_answered", answered.Count(item => item.Correct), answered.Count));
        if (unanswerable.Count > 0)
            metrics.Add(Rate.Of("unanswerable_not_answered", unanswerable.Count(item => item.Status is not PredictionStatus.Answered), unanswerable.Count));
        return metrics;

        Rate WithBootstrap(string name, Func<ExampleResult, bool> predicate)
        {
            var rate = Rate.Of(name, results.Count(predicate), results.Count);
            return results.Select(item => item.DatabaseId).Distinct().Count() < 2
                ? rate
                : rate with { Bootstrap = ClusterBootstrap.OfMean(results.Select(item => (item.DatabaseId, predicate(item) ? 1.0 : 0.0)), seed) };
        }
    }

    private static ConfidenceQuality? Confidence(IReadOnlyList<ExampleResult> results)
    {
        var items = results.Where(item => item.Confidence is not null).Select(item => (item.Confidence!.Value, item.Correct)).ToList();
        if (items.Count == 0)
            return null;
        var bins = Calibration.Bins(items);
        var curve = RiskCoverage.Curve(items);
        return new ConfidenceQuality(
            items.Count, Calibration.ExpectedError(bins)!.Value, RiskCoverage.Area(curve)!.Value, RiskCoverage.LargestCoverage(curve, 0.9), bins, Thin(curve));
    }

    /// <summary>Keeps about 100 points, the last among them: a summary is not the place for one point an item.</summary>
    private static List<RiskCoveragePoint> Thin(IReadOnlyList<RiskCoveragePoint> curve)
    {
        var step = Math.Max(curve.Count / 100, 1);
        return [.. curve.Where((_, i) => (curve.Count - 1 - i) % step == 0)];
    }

    private static List<Rate> Breakdown(
        IReadOnlyList<ExampleResult> results, Func<ExampleResult, IReadOnlyList<string>> keys, IReadOnlyList<string> order) =>
    [
        .. order
            .Select(key => (key, Items: results.Where(item => keys(item).Contains(key)).ToList()))
            .Where(group => group.Items.Count > 0)
            .Select(group => Rate.Of(group.key, group.Items.Count(item => item.Correct), group.Items.Count)),
    ];

    /// <summary>The part behind <c>+</c> of the informational version, where the SDK writes the commit.</summary>
    private static string? Revision() =>
        typeof(Summarizer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var revision]
            ? revision
            : null;
}
