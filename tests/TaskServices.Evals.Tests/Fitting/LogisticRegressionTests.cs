using TaskServices.Evals.Fitting;

namespace TaskServices.Evals.Tests.Fitting;

public sealed class LogisticRegressionTests
{
    [Fact]
    public void Fit_BiasAlone_GivesTheShareOfTrueLabels()
    {
        double[][] rows = [[1], [1], [1], [1]];
        var beta = LogisticRegression.Fit(rows, [true, true, true, false], [1, 1, 1, 1], [0], penalty: 10);
        Assert.Equal(0.75, LogisticRegression.Probability(beta, [1]), 4);
    }

    [Fact]
    public void Fit_TwoGroups_GivesTheOddsRatioByHand()
    {
        // 3 of 4 against 1 of 4: log odds of log 3 and -log 3, so the bias is -log 3 and the difference 2 log 3.
        double[][] rows = [[1, 1], [1, 1], [1, 1], [1, 1], [1, 0], [1, 0], [1, 0], [1, 0]];
        var beta = LogisticRegression.Fit(rows, [true, true, true, false, true, false, false, false], [1, 1, 1, 1, 1, 1, 1, 1], [0, 0], penalty: 1e-9);
        Assert.Equal(-Math.Log(3), beta[0], 4);
        Assert.Equal(2 * Math.Log(3), beta[1], 4);
    }

    [Fact]
    public void Fit_StrongPrior_StaysThere()
    {
        double[][] rows = [[1, 1], [1, 0]];
        var beta = LogisticRegression.Fit(rows, [false, true], [1, 1], [0, 5], penalty: 1e6);
        Assert.Equal(5, beta[1], 2);
    }

    [Fact]
    public void Fit_SeparableRows_EndsWithFiniteWeights()
    {
        double[][] rows = [[1, 4], [1, -4]];
        var beta = LogisticRegression.Fit(rows, [true, false], [1, 1], [0, 0], penalty: 0.1);
        Assert.All(beta, weight => Assert.True(double.IsFinite(weight)));
        Assert.True(LogisticRegression.Probability(beta, [1, 4]) > 0.9);
    }
}
