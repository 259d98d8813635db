using System.Text.RegularExpressions;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Compiles a regular expression from a file, with a bound on its running time.</summary>
/// <remarks>
/// Files are written for Oniguruma. What .NET reads differently without complaint is refused: wrong tokens would go unnoticed.
/// </remarks>
internal static partial class SafeRegex
{
    private const int MaxLength = 4096;

    /// <summary>The one use of case in published split patterns.</summary>
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(2);

    public static Regex Parse(string expression, JsonField field)
    {
        if (expression.Length is 0 or > MaxLength)
            throw field.Invalid($"a regular expression has 1 to {MaxLength} characters");

        // .NET does not take U+017F for an s, whatever the case.
        var translated = expression.Replace(
            Contractions, Contractions.Replace("'s", "'[s\u017F]", StringComparison.Ordinal), StringComparison.Ordinal);
        if (MeansSomethingElse(expression.Replace(Contractions, "", StringComparison.Ordinal)))
            throw field.Unsupported($"the regular expression {TokenTable.Quote(expression)}");
        try
        {
            // Anchors of Oniguruma match at every line.
            return new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.Multiline, MatchTimeout);
        }
        catch (ArgumentException)
        {
            throw field.Unsupported($"the regular expression {TokenTable.Quote(expression)}");
        }
    }

    private static bool MeansSomethingElse(string expression)
    {
        // Characters beyond U+FFFF are matched by their category only, see RegexSplitStep.
        if (expression.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 || Differences().IsMatch(expression))
            return true;

        var isInClass = false;
        for (var i = 0; i < expression.Length; i++)
        {
            switch (expression[i])
            {
                case '\\':
                    i++;
                    break;
                case '[' when isInClass: // A class in a class, or a POSIX bracket such as [:alpha:].
                case '&' when isInClass && expression.AsSpan(i).StartsWith("&&"):
                    return true;
                case '[':
                    isInClass = true;
                    break;
                case ']':
                    isInClass = false;
                    break;
            }
        }

        return false;
    }

    /// <summary>
    /// Words (other characters count as such), case (other pairs are equal), inline options (<c>m</c> is dot-all), <c>{,n}</c>.
    /// </summary>
    [GeneratedRegex(@"(?<!\\)(\\\\)*(\\[wWbB]|\(\?[a-z]*[imnsx]|\{,)")]
    private static partial Regex Differences();
}
