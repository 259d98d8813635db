using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace TaskServices.TextToSql.Linking;

/// <summary>Words of questions and names, brought to a common form so that "singers" meets <c>Singer_ID</c>.</summary>
internal static partial class Words
{
    private static readonly FrozenSet<string> StopWords = FrozenSet.ToFrozenSet(
        [
            "a", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "belong", "both", "but", "by", "can", "could", "did", "do", "does",
            "each", "every", "find", "for", "from", "give", "had", "has", "have", "having", "how", "i", "in", "is", "it", "its", "list", "many", "me", "more",
            "most", "much", "of", "on", "or", "our", "please", "return", "show", "some", "tell", "than", "that", "the", "their", "them", "there", "these",
            "they", "this", "those", "to", "was", "we", "were", "what", "when", "where", "which", "who", "whom", "whose", "will", "with", "you", "your",
        ],
        StringComparer.Ordinal);

    /// <summary>Gets the stems of a text's words in order, without stop words.</summary>
    public static List<string> ContentStems(string text) =>
        [.. Parts(text).Where(word => !StopWords.Contains(word)).Select(Stem)];

    /// <summary>Gets the stems of each two adjacent words written as one, as names often have them: "try out" is <c>tryout</c>.</summary>
    public static IEnumerable<string> AdjacentStems(string text)
    {
        var words = Parts(text).ToList();
        return words.Zip(words.Skip(1), (first, second) => Stem(first + second));
    }

    /// <summary>Splits a name at underscores, blanks, digits' edges and capitals, and stems the parts.</summary>
    public static List<string> NameStems(string name) => [.. Parts(name).Select(Stem)];

    /// <summary>Cuts plural and verb endings: enough to compare, not a dictionary form.</summary>
    public static string Stem(string word)
    {
        if (word.Length > 4 && word.EndsWith("ies", StringComparison.Ordinal))
            return word[..^3] + "y";
        if (word.Length > 5 && word.EndsWith("ing", StringComparison.Ordinal))
            return Undouble(word[..^3]);
        if (word.Length > 4 && word.EndsWith("ed", StringComparison.Ordinal))
            return Undouble(word[..^2]);
        if (word.Length > 4 && (word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal)
            || word.EndsWith("ches", StringComparison.Ordinal) || word.EndsWith("shes", StringComparison.Ordinal)))
            return word[..^2];
        if (word.Length > 3 && word[^1] is 's' && word[^2] is not ('s' or 'u' or 'i'))
            return TrimE(word[..^1]);
        return TrimE(word);
    }

    // "name" and "naming" meet without the e.
    private static string TrimE(string word) => word.Length > 4 && word[^1] is 'e' ? word[..^1] : word;

    private static string Undouble(string word) =>
        TrimE(word.Length > 3 && word[^1] == word[^2] && word[^1] is not ('s' or 'l') ? word[..^1] : word);

#pragma warning disable CA1308 // Lower case is the common form.
    private static IEnumerable<string> Parts(string text) =>
        Part().Matches(text).Select(match => match.Value.ToLowerInvariant());
#pragma warning restore CA1308

    // A run of capitals, a capitalised or lower-case word, a number.
    [GeneratedRegex(@"\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\p{N}+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Part();
}
