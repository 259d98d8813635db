using System.Globalization;

namespace TaskServices.TextToSql.Answers.Routing;

/// <summary>What an endpoint takes for tokens.</summary>
/// <param name="Prompt">Price of a million prompt tokens, in any currency.</param>
/// <param name="Completion">Price of a million completion tokens, in the same currency.</param>
public sealed record TokenPrices(double Prompt, double Completion)
{
    /// <summary>Reads <c>0.15,0.60</c>: prompt, completion. Null where the text is not two prices.</summary>
    public static TokenPrices? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(',') is [var prompt, var completion] && Price(prompt) is { } perPrompt && Price(completion) is { } perCompletion
            ? new(perPrompt, perCompletion)
            : null;
    }

    /// <summary>Gets the price of so many tokens.</summary>
    public double Of(long promptTokens, long completionTokens) => ((promptTokens * Prompt) + (completionTokens * Completion)) / 1e6;

    private static double? Price(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) ? price : null;
}
