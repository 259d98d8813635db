using System.Text.RegularExpressions;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Compiles a regular expression from a file, with a bound on its running time.</summary>
internal static class SafeRegex
{
    private const int MaxLength = 4096;

    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(2);

    public static Regex Parse(string expression, JsonField field)
    {
        if (expression.Length is 0 or > MaxLength)
            throw field.Invalid($"a regular expression has 1 to {MaxLength} characters");
        try
        {
            return new Regex(expression, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException)
        {
            throw field.Unsupported($"the regular expression {TokenTable.Quote(expression)}");
        }
    }
}
