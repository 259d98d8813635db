using System.Text.Json;
using TaskServices.Evals.Statistics;

namespace TaskServices.Evals.Runs;

/// <summary>A result that later runs must not fall below: <c>evals/baselines/*.json</c>.</summary>
internal sealed record Baseline
{
    /// <summary>Gets the command line that made it.</summary>
    public required string Command { get; init; }

    public string? Commit { get; init; }

    /// <summary>Gets the hashes of data and model of the run that made it.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required int Count { get; init; }

    public required double ExecutionAccuracy { get; init; }

    /// <summary>Gets the outcome of each item by id; absent where only the rate is known.</summary>
    public IReadOnlyDictionary<string, bool>? Correct { get; init; }

    public static Baseline From(Summary summary, IReadOnlyList<ExampleResult> results) => new()
    {
        Command = summary.Command,
        Commit = summary.Commit,
        Settings = summary.Settings,
        Count = summary.Count,
        ExecutionAccuracy = summary.Metric("execution_accuracy").Value,
        Correct = results.ToDictionary(item => item.Id, item => item.Correct),
    };

    /// <exception cref="EvaluationException"><c>FILE_NOT_FOUND</c>, <c>BASELINE_INVALID</c>.</exception>
    public static Baseline Read(string path)
    {
        if (!File.Exists(path))
            throw new EvaluationException("FILE_NOT_FOUND", $"{path}: no such baseline; make one with --save-baseline.");
        try
        {
            var baseline = JsonSerializer.Deserialize<Baseline>(File.ReadAllText(path), Json.Indented);
            if (baseline is { Count: > 0, ExecutionAccuracy: >= 0 and <= 1 })
                return baseline;
        }
        catch (JsonException exception)
        {
            throw new EvaluationException("BASELINE_INVALID", $"{path}: not a baseline file; make one with --save-baseline.", exception);
        }

        throw new EvaluationException("BASELINE_INVALID", $"{path}: needs a count above 0 and an execution_accuracy in [0, 1].");
    }

    public void Write(string path) => RunFolder.WriteAtomically(path, JsonSerializer.Serialize(this, Json.Indented) + "\n");

    /// <summary>Compares a run with this baseline: item by item on the items both have, else by the run's Wilson interval.</summary>
    public BaselineVerdict Check(Summary summary, IReadOnlyList<ExampleResult> results)
    {
        var current = summary.Metric("execution_accuracy");
        if (Correct is not null && PairedComparison.Compare(Correct, results, summary.Seed) is { Count: > 0 } paired)
        {
            return new BaselineVerdict(
                !paired.IsSignificantDrop,
                FormattableString.Invariant(
                    $"execution accuracy {paired.First:P1} in the baseline, {paired.Second:P1} now, on the same {paired.Count} items ({paired.OnlyFirst} lost, {paired.OnlySecond} won, exact McNemar p = {paired.PValue:0.0000})"));
        }

        return new BaselineVerdict(
            current.Wilson.Upper >= ExecutionAccuracy,
            FormattableString.Invariant(
                $"execution accuracy {ExecutionAccuracy:P1} in the baseline ({Count} other items), {current.Value:P1} now (95 % interval up to {current.Wilson.Upper:P1})"));
    }
}

/// <param name="Passed">False where accuracy dropped by more than chance explains.</param>
internal sealed record BaselineVerdict(bool Passed, string Message);
