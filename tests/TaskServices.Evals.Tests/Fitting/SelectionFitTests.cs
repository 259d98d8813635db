using TaskServices.Evals.Fitting;
using TaskServices.TextToSql.Generation.Selection;

namespace TaskServices.Evals.Tests.Fitting;

public sealed class SelectionFitTests
{
    private static readonly int ResultShare = CandidateFeatures.Names.ToList().IndexOf("result_share");

    [Fact]
    public void CrossValidate_RightCandidatesAgree_ChoosesThem()
    {
        var outcome = SelectionFit.CrossValidate(Questions(answerable: true, 40), penalty: 1, sureAt: 1.1);

        Assert.Equal(40, outcome.Answerable.Count);
        Assert.All(outcome.Answerable, one => Assert.True(one is { Compared: true, AnyCorrect: true, FirstCorrect: false, Correct: true }));
        Assert.True(outcome.Answerable.Average(one => one.Confidence) > 0.8);
    }

    [Fact]
    public void Abstention_QuestionsWithoutAnAnswer_LieBelowTheThreshold()
    {
        var outcome = SelectionFit.CrossValidate([.. Questions(answerable: true, 40), .. Questions(answerable: false, 40)], penalty: 1, sureAt: 1.1);

        Assert.Equal(40, outcome.Answerable.Count);
        Assert.Equal(1, outcome.Abstention(0.1)!.Value.Recall);
    }

    [Fact]
    public void Abstention_NoSuchQuestions_IsNull() =>
        Assert.Null(SelectionFit.CrossValidate(Questions(answerable: true, 8), penalty: 1, sureAt: 1.1).Abstention(0.1));

    [Fact]
    public void Fit_Model_ReadsBackAsWritten()
    {
        var model = SelectionFit.Fit(Questions(answerable: true, 16), penalty: 1, sureAt: 0.9, "the command");
        Assert.Contains("\"command\": \"the command\"", model.ToJson(), StringComparison.Ordinal);
        Assert.Contains("\"sure_at\": 0.9", model.ToJson(), StringComparison.Ordinal);
        Assert.Equal(CandidateFeatures.Names, model.Among.Weights.Keys);
    }

    /// <summary>A wrong first choice that nothing agrees with and a right rival with which all do; without an answer nothing agrees.</summary>
    private static List<ScoredQuestion> Questions(bool answerable, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new ScoredQuestion(
            $"db{i % 8}", answerable, Abstains: false, Candidate(answerable ? 0.2 : 0.1, false), [Candidate(answerable ? 0.2 : 0.1, false), Candidate(answerable ? 0.8 : 0.1, answerable)])),
    ];

    private static ScoredCandidate Candidate(double share, bool correct)
    {
        var features = new double[CandidateFeatures.Names.Count];
        (features[0], features[ResultShare]) = (1, share);
        return new(features, correct);
    }
}
