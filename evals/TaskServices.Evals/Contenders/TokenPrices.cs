using System.Globalization;

namespace TaskServices.Evals.Contenders;

/// <summary>What an endpoint takes for tokens.</summary>
/// <param name="Input">Price of a million prompt tokens, in any currency.</param>
/// <param name="Output">Price of a million completion tokens, in the same currency.</param>
internal sealed record TokenPrices(double Input, double Output)
{
    /// <summary>Reads <c>0.15,0.60</c>: input, output.</summary>
    /// <exception cref="EvaluationException"><c>PRICES_INVALID</c>.</exception>
    public static TokenPrices Parse(string text) =>
        text.Split(',') is [var input, var output] &&
        double.TryParse(input, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var perInput) &&
        double.TryParse(output, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var perOutput)
            ? new(perInput, perOutput)
            : throw new EvaluationException("PRICES_INVALID", $"'{text}' is not two prices such as 0.15,0.60 (a million tokens in, a million out).");

    public double Of(int promptTokens, int completionTokens) => ((promptTokens * Input) + (completionTokens * Output)) / 1e6;
}
