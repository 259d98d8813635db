using TaskServices.Evals.Contenders;

namespace TaskServices.Evals;

/// <summary>The one place that builds the real text-to-SQL service.</summary>
internal static class Composition
{
    /// <param name="databases">Database id → SQLite file to register under it.</param>
    /// <param name="seed">For whatever the generation samples.</param>
    /// <exception cref="EvaluationException"><c>MODEL_UNAVAILABLE</c>.</exception>
    public static Task<IContender> CreateServiceAsync(
        IReadOnlyDictionary<string, string> databases, ulong seed, CancellationToken cancellationToken) =>
        throw new EvaluationException(
            "MODEL_UNAVAILABLE", $"No text-to-SQL service is wired for the {databases.Count} databases (seed {seed}) yet; score a file with --predictions.");
}
