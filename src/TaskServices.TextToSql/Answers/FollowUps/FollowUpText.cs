using System.Globalization;
using System.Text.RegularExpressions;

namespace TaskServices.TextToSql.Answers.FollowUps;

/// <summary>The forms of follow-ups that are read by rule. Whatever else a question says makes it no follow-up of these.</summary>
internal static partial class FollowUpText
{
    private static readonly string[] SmallNumbers = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    /// <summary>Takes away what says nothing: courtesies, a leading "and", marks at the end.</summary>
    public static string Clean(string question) => Courtesy().Replace(Spaces().Replace(question, " ").Trim().TrimEnd('?', '!', '.', ' '), "");

    /// <returns>The number, and whether it is the top that is asked for, which needs an order.</returns>
    public static (int Count, bool IsTop)? AsLimit(string text)
    {
        if (Limit().Match(text) is not { Success: true } match)
            return null;
        var word = match.Groups["n"].Value;
        var count = char.IsAsciiDigit(word[0])
            ? int.Parse(word, CultureInfo.InvariantCulture) : Array.FindIndex(SmallNumbers, number => number.Equals(word, StringComparison.OrdinalIgnoreCase));
        return count > 0 ? (count, match.Groups["top"].Value.Equals("top", StringComparison.OrdinalIgnoreCase)) : null;
    }

    public static (string Column, bool Descending)? AsSort(string text) => Sort().Match(text) is { Success: true } match
        ? (match.Groups["column"].Value, Downwards().IsMatch(match.Groups["direction"].Value)) : null;

    public static bool IsCount(string text) => Count().IsMatch(text);

    /// <returns>The column, and whether the groups before are kept.</returns>
    public static (string Column, bool Adds)? AsGroup(string text) => Group().Match(text) is { Success: true } match
        ? (match.Groups["column"].Value, match.Groups["also"].Success) : null;

    /// <returns>What names the value, and whether it stands in place of the one before rather than beside it.</returns>
    public static (string Value, bool Replaces)? AsFilter(string text)
    {
        if (Filter().Match(text) is not { Success: true } match)
            return null;
        var value = Lead().Replace(match.Groups["value"].Value, "");
        return value.Length > 0 ? (value, !match.Groups["only"].Success) : null;
    }

    /// <summary>Splits "country is France" or "country France" after each of its first words.</summary>
    public static IEnumerable<(string Column, string Value)> Splits(string text)
    {
        var words = text.Split(' ');
        for (var count = 1; count <= 3 && count < words.Length; count++)
        {
            var rest = words[count..];
            if (rest[0] is "is" or "are" or "=" or "equals")
                rest = rest[1..];
            if (rest.Length > 0)
                yield return (string.Join(' ', words[..count]), string.Join(' ', rest));
        }
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^((and|ok|okay|now|then|please|so|show( me)?|give me|list)[, ]+)+|[, ]+please\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Courtesy();

    [GeneratedRegex(@"^(only |just )?(the )?(?<top>top|first) (?<n>\d{1,5}|one|two|three|four|five|six|seven|eight|nine|ten)( of (them|these|those))?( only)?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Limit();

    [GeneratedRegex(@"^(sort|order|rank)(ed)?( (them|it|these|those|this|that))? by (?<column>[\p{L}\p{N}_ ]+?)(,? (?<direction>(in )?(ascending|descending|asc|desc)( order)?|(highest|lowest|largest|smallest|newest|oldest|most expensive|cheapest)( ones)? first))?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sort();

    [GeneratedRegex(@"desc|highest|largest|newest|most", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Downwards();

    [GeneratedRegex(@"^(how many( (are there|is that|are (they|these|those)|of (them|these|those)( are there)?))?|count (them|these|those|of (them|these|those))|(only |just )?the (count|number)( of (them|these|those))?)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Count();

    [GeneratedRegex(@"^((what|how) about )?(?<also>also |additionally )?(by|per|for (each|every)|(group|split)(ed)?( (them|it|these|those|this|that))? by|break (them|it|these|those|this|that) down by|broken down by) (?<column>[\p{L}\p{N}_ ]+?)(?<also> too| as well)?( instead)?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Group();

    [GeneratedRegex(@"^((?<only>only|just|keep only|filter (by|on|to)|limit (it |them )?to) |(what|how) about |(the )?same for |for |in |from )(?<value>.+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Filter();

    [GeneratedRegex(@"^((those|these|them|ones|the ones|that|which|who|are|live|come|with|where|the|in|from|of|for|by) )+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Lead();
}
