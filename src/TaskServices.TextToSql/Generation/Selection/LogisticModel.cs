namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>A weight for each feature; the probability is the logistic function of the weighted sum.</summary>
/// <param name="Weights">By feature name. A feature without a weight counts nothing.</param>
public sealed record LogisticModel(IReadOnlyDictionary<string, double> Weights)
{
    private readonly double[] _weights = [.. CandidateFeatures.Names.Select(name => Weights.GetValueOrDefault(name))];

    /// <returns>In (0, 1).</returns>
    public double Probability(IReadOnlyList<double> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var sum = 0.0;
        for (var i = 0; i < _weights.Length; i++)
            sum += _weights[i] * features[i];
        return 1 / (1 + Math.Exp(-Math.Clamp(sum, -30, 30)));
    }
}
