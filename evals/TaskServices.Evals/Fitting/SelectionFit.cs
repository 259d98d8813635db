using TaskServices.Evals.Metrics;
using TaskServices.TextToSql.Generation.Selection;

namespace TaskServices.Evals.Fitting;

/// <summary>Fits the judgement of candidates on scored ones, and measures it on databases that it was not fitted on.</summary>
internal static class SelectionFit
{
    private const int MaxFolds = 8, CalibrationFolds = 5;
    private const double AnswerablePenalty = 5;

    /// <summary>Fits both models.</summary>
    /// <param name="sureAt">A first choice at least this probable is not compared with others.</param>
    public static SelectionModel Fit(IReadOnlyList<ScoredQuestion> rows, double penalty, double sureAt, string command)
    {
        // Whether there is an answer is a question of its own: mixed in, the few ways to miss an answer would drown in the many to be wrong.
        List<ScoredQuestion> answerable = [.. rows.Where(row => row.IsAnswerable)];
        return new(
            command,
            new(Named(FitCalibrated(answerable, row => [row.First], penalty))),
            new(Named(FitCalibrated(answerable, row => row.All, penalty))),
            sureAt,
            answerable.Count == rows.Count ? null : new(Named(FitAnswerable(rows))));
    }

    /// <summary>Judges every question by a model that was fitted without its database.</summary>
    public static SelectionOutcome CrossValidate(IReadOnlyList<ScoredQuestion> rows, double penalty, double sureAt)
    {
        var judged = new List<JudgedQuestion>();
        foreach (var (inside, outside) in Folds(rows, MaxFolds))
        {
            var model = Fit(outside, penalty, sureAt, "");
            judged.AddRange(inside.Select(row => Judge(row, model)));
        }

        return new(judged);
    }

    private static JudgedQuestion Judge(ScoredQuestion row, SelectionModel model)
    {
        var alone = Probability(model.First, row.First);
        var (best, probability) = alone >= model.SureAt
            ? (row.First, alone)
            : row.All.Select(candidate => (candidate, Probability(model.Among, candidate))).MaxBy(pair => pair.Item2);
        var answerability = row.Abstains ? 0 : row.First.Features.Count == 0 ? 1 : model.Answerable?.Probability(row.First.Features) ?? 1;
        return new(
            row.IsAnswerable, answerability, row.Abstains ? 0 : probability, best.Correct, row.First.Correct, row.All.Any(candidate => candidate.Correct), alone < model.SureAt);
    }

    private static double Probability(LogisticModel model, ScoredCandidate candidate) =>
        candidate.Features.Count == 0 ? 0 : model.Probability(candidate.Features);

    /// <summary>
    /// Fits weights, and then scale and shift of their sum (Platt) on the candidates that weights fitted on other databases choose: the probability
    /// is that of what is chosen. Scale and shift go into the weights.
    /// </summary>
    private static double[] FitCalibrated(IReadOnlyList<ScoredQuestion> rows, Func<ScoredQuestion, IReadOnlyList<ScoredCandidate>> candidates, double penalty)
    {
        var chosen = new List<(double Score, bool Correct)>();
        foreach (var (inside, outside) in Folds(rows, CalibrationFolds))
        {
            var weights = FitWeights(outside, candidates, penalty);
            foreach (var row in inside)
            {
                var usable = candidates(row).Where(candidate => candidate.Features.Count > 0).ToList();
                if (usable.Count > 0)
                    chosen.Add(usable.Select(candidate => (Score(weights, candidate), candidate.Correct)).MaxBy(pair => pair.Item1));
            }
        }

        var line = LogisticRegression.Fit(
            [.. chosen.Select(pair => (double[])[1, pair.Score])], [.. chosen.Select(pair => pair.Correct)], [.. chosen.Select(_ => 1.0)], [0, 1], penalty: 1);
        var final = FitWeights(rows, candidates, penalty);
        return [.. final.Select((weight, i) => (weight * line[1]) + (i == 0 ? line[0] : 0))];
    }

    /// <summary>Fits whether there is an answer on the first choices, both kinds of questions weighing the same.</summary>
    private static double[] FitAnswerable(IReadOnlyList<ScoredQuestion> rows)
    {
        var usable = rows.Where(row => row.First.Features.Count > 0).ToList();
        var share = (double)usable.Count(row => row.IsAnswerable) / usable.Count;
        return LogisticRegression.Fit(
            [.. usable.Select(row => row.First.Features)], [.. usable.Select(row => row.IsAnswerable)],
            [.. usable.Select(row => 0.5 / (row.IsAnswerable ? share : 1 - share))], new double[CandidateFeatures.Names.Count], AnswerablePenalty);
    }

    // Each question counts the same, however many candidates it has.
    private static double[] FitWeights(IReadOnlyList<ScoredQuestion> rows, Func<ScoredQuestion, IReadOnlyList<ScoredCandidate>> candidates, double penalty)
    {
        var usable = rows.Select(row => candidates(row).Where(candidate => candidate.Features.Count > 0).ToList())
            .SelectMany(list => list.Select(candidate => (candidate, Weight: (list.Count > 1 ? 2.0 : 1.0) / list.Count))).ToList();
        return LogisticRegression.Fit(
            [.. usable.Select(pair => pair.candidate.Features)], [.. usable.Select(pair => pair.candidate.Correct)], [.. usable.Select(pair => pair.Weight)],
            SelectionPrior.Weights, penalty);
    }

    private static double Score(double[] weights, ScoredCandidate candidate) => weights.Zip(candidate.Features, (weight, feature) => weight * feature).Sum();

    /// <summary>Splits by database: questions of one are alike.</summary>
    private static IEnumerable<(List<ScoredQuestion> Inside, List<ScoredQuestion> Outside)> Folds(IReadOnlyList<ScoredQuestion> rows, int most)
    {
        var databases = rows.Select(row => row.DatabaseId).Distinct().Order(StringComparer.Ordinal).ToList();
        var count = Math.Min(most, databases.Count);
        for (var fold = 0; fold < count; fold++)
        {
            var own = databases.Where((_, i) => i % count == fold).ToHashSet();
            yield return ([.. rows.Where(row => own.Contains(row.DatabaseId))], [.. rows.Where(row => !own.Contains(row.DatabaseId))]);
        }
    }

    private static Dictionary<string, double> Named(double[] weights) =>
        CandidateFeatures.Names.Zip(weights).ToDictionary(pair => pair.First, pair => Math.Round(pair.Second, 4));
}

/// <summary>What became of one question.</summary>
/// <param name="Answerability">Probability that the schema holds the answer.</param>
/// <param name="Confidence">Of the chosen candidate.</param>
/// <param name="Correct">Whether the chosen candidate is right.</param>
/// <param name="FirstCorrect">Whether the model's first choice is.</param>
/// <param name="AnyCorrect">Whether some candidate is.</param>
/// <param name="Compared">Whether the first choice was not sure enough to be taken alone.</param>
internal sealed record JudgedQuestion(bool IsAnswerable, double Answerability, double Confidence, bool Correct, bool FirstCorrect, bool AnyCorrect, bool Compared);

internal sealed record SelectionOutcome(IReadOnlyList<JudgedQuestion> Judged)
{
    /// <summary>Gets the questions with an answer: what accuracies are of.</summary>
    public IReadOnlyList<JudgedQuestion> Answerable { get; } = [.. Judged.Where(one => one.IsAnswerable)];

    /// <summary>Gets the confidence from which nine of ten answers are right; 1 where there is none.</summary>
    public double NinetyPercentAt => RiskCoverage.LargestCoverage(RiskCoverage.Curve([.. Answerable.Select(one => (one.Confidence, one.Correct))]), 0.9)?.Threshold ?? 1;

    /// <summary>Gets the probability below which a question is unanswerable: 8 % of the answerable ones lie below, so that other data has a margin to 10 %.</summary>
    public double AnswerableAt => Abstention(0.08)?.Threshold ?? 0;

    /// <summary>Gets the probability of an answer below which at most a share of the answerable questions lies, and how many of the others lie below it.</summary>
    /// <param name="falseAbstention">Largest share of answerable questions that may be turned away.</param>
    public (double Threshold, double Recall)? Abstention(double falseAbstention)
    {
        var others = Judged.Where(one => !one.IsAnswerable).ToList();
        if (others.Count == 0)
            return null;
        var threshold = Answerable.Select(one => one.Answerability).Order().ElementAt((int)(falseAbstention * Answerable.Count));
        return (threshold, (double)others.Count(one => one.Answerability < threshold) / others.Count);
    }
}
