using TaskServices.Evals.Datasets;
using TaskServices.Evals.Contenders;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Evals.Runs;

/// <summary>Predicts and scores the items of a suite that are not finished yet.</summary>
internal static class EvaluationRun
{
    /// <summary>Scores the gold queries as if they were predictions: the ceiling that no contender can pass.</summary>
    public static IReadOnlyList<ExampleResult> ScoreGold(
        IReadOnlyList<Example> examples, ExampleScorer scorer, Action onScored, CancellationToken cancellationToken) =>
    [
        .. examples.Select(example =>
        {
            var result = scorer.Score(
                example, new Prediction { Status = PredictionStatus.Answered, Sql = example.GoldSql }, cancellationToken);
            onScored();
            return result;
        }),
    ];

    /// <returns>The results of all examples in their order; finished ones come from the folder.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; what was finished is in the folder.</exception>
    public static async Task<IReadOnlyList<ExampleResult>> RunAsync(
        IReadOnlyList<Example> examples,
        IContender contender,
        ExampleScorer scorer,
        RunFolder folder,
        int parallelism,
        Action onScored,
        CancellationToken cancellationToken)
    {
        var results = new ExampleResult[examples.Count];
        await Parallel.ForAsync(
            0, examples.Count,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken },
            async (i, itemToken) =>
            {
                if (!folder.Finished.TryGetValue(examples[i].Id, out var result))
                {
                    var prediction = await contender.PredictAsync(examples[i], itemToken);
                    result = scorer.Score(examples[i], prediction, itemToken);
                    folder.Append(result);
                }

                results[i] = result;
                onScored();
            });
        return results;
    }
}
