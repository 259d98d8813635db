namespace TaskServices.Evals.Fitting;

/// <summary>Fits a logistic regression with a Gaussian prior by Newton's method (iteratively reweighted least squares).</summary>
/// <remarks>
/// Source: Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", section 4.4.1. The first feature is the bias and is not penalised.
/// Steps are at most <see cref="MaxStep"/> long in any coefficient, so that a start far from the data does not overshoot.
/// </remarks>
internal static class LogisticRegression
{
    private const int MaxIterations = 100;
    private const double MaxStep = 1;

    /// <param name="rows">Features, all of one length.</param>
    /// <param name="weights">How much each row counts.</param>
    /// <param name="prior">What the coefficients are without any row.</param>
    /// <param name="penalty">Half of it times the squared distance from the prior is added to the loss.</param>
    public static double[] Fit(
        IReadOnlyList<IReadOnlyList<double>> rows, IReadOnlyList<bool> labels, IReadOnlyList<double> weights, IReadOnlyList<double> prior, double penalty)
    {
        var size = prior.Count;
        var beta = prior.ToArray();
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var gradient = new double[size];
            var hessian = new double[size, size];
            for (var i = 0; i < size; i++)
            {
                // A tiny penalty on the bias too: features that are always zero keep the matrix regular.
                var own = i == 0 ? 1e-6 : penalty;
                gradient[i] = own * (prior[i] - beta[i]);
                hessian[i, i] = own;
            }

            for (var row = 0; row < rows.Count; row++)
                Add(rows[row], labels[row], weights[row], beta, gradient, hessian);
            var step = Solve(hessian, gradient);
            var longest = step.Max(Math.Abs);
            for (var i = 0; i < size; i++)
                beta[i] += step[i] * Math.Min(1, MaxStep / Math.Max(longest, 1e-12));
            if (longest < 1e-7)
                break;
        }

        return beta;
    }

    public static double Probability(IReadOnlyList<double> beta, IReadOnlyList<double> row) =>
        1 / (1 + Math.Exp(-Math.Clamp(beta.Zip(row, (b, x) => b * x).Sum(), -30, 30)));

    private static void Add(IReadOnlyList<double> row, bool label, double weight, double[] beta, double[] gradient, double[,] hessian)
    {
        var probability = Probability(beta, row);
        var residual = weight * ((label ? 1 : 0) - probability);
        var curvature = weight * Math.Max(probability * (1 - probability), 1e-9);
        for (var i = 0; i < row.Count; i++)
        {
            if (row[i] == 0)
                continue;
            gradient[i] += residual * row[i];
            for (var j = 0; j < row.Count; j++)
                hessian[i, j] += curvature * row[i] * row[j];
        }
    }

    /// <summary>Solves a positive definite system by elimination.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var size = right.Length;
        var x = (double[])right.Clone();
        for (var pivot = 0; pivot < size; pivot++)
        {
            for (var row = pivot + 1; row < size; row++)
            {
                var factor = matrix[row, pivot] / matrix[pivot, pivot];
                if (factor == 0)
                    continue;
                for (var column = pivot; column < size; column++)
                    matrix[row, column] -= factor * matrix[pivot, column];
                x[row] -= factor * x[pivot];
            }
        }

        for (var row = size - 1; row >= 0; row--)
        {
            for (var column = row + 1; column < size; column++)
                x[row] -= matrix[row, column] * x[column];
            x[row] /= matrix[row, row];
        }

        return x;
    }
}
