using System.Collections.Frozen;
using System.Text.RegularExpressions;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Linking;

/// <summary>Finds stored values that a question names, word for word.</summary>
/// <remarks>
/// Word sequences of up to six words, the longest first, without overlap and without case, that equal a stored text value. Each is written
/// <c>table.column = 'value as stored'</c>; at most three columns a value and five hints a question. A single stop word or a number of up to
/// three digits is no value: nearly every question has one by chance.
/// </remarks>
public static partial class ValueHints
{
    /// <summary>Hints a question at most.</summary>
    public const int MaxHints = 5;

    private const int MaxWords = 6;
    private const int MaxColumnsPerValue = 3;
    private const int MaxQuestionWords = 1_000;

    private static readonly FrozenSet<string> StopWords = FrozenSet.ToFrozenSet(
        [
            "a", "all", "an", "and", "any", "are", "at", "be", "both", "by", "did", "do", "does", "each", "for", "from", "had", "has", "have",
            "how", "id", "in", "is", "it", "least", "less", "many", "me", "more", "most", "name", "names", "no", "not", "number", "of", "on", "or",
            "than", "that", "the", "this", "to", "total", "was", "were", "what", "which", "who", "whose", "with",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the hints of a question, in the order in which they stand in the prompt.</summary>
    public static IReadOnlyList<string> Find(string question, ValueIndex index) => Write(Match(question, index));

    /// <summary>Writes matches as hints.</summary>
    public static IReadOnlyList<string> Write(IEnumerable<ValueMatch> matches) => [.. matches.SelectMany(match => match.Values).Select(Write).Take(MaxHints)];

    /// <summary>Finds the words of a question that name stored values, the longest first.</summary>
    public static IReadOnlyList<ValueMatch> Match(string question, ValueIndex index)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(index);
        var words = Word().Matches(question).Take(MaxQuestionWords).ToList();
        var taken = new bool[words.Count];
        var matches = new List<ValueMatch>();
        var hintCount = 0;
        for (var count = Math.Min(MaxWords, words.Count); count > 0; count--)
        {
            for (var first = 0; first + count <= words.Count && hintCount < MaxHints; first++)
            {
                if (taken.AsSpan(first, count).Contains(true))
                    continue;

                var last = words[first + count - 1];
                var (start, end) = (words[first].Index, last.Index + last.Length);
                var values = FindValues(question[start..end], count, index);
                if (values.Count == 0)
                    continue;

                taken.AsSpan(first, count).Fill(true);
                matches.Add(new(start, end - start, [.. values.Where(IsWritable).Take(MaxColumnsPerValue)]));
                hintCount += matches[^1].Values.Count;
            }
        }

        return matches;
    }

    private static IReadOnlyList<StoredValue> FindValues(string text, int wordCount, ValueIndex index)
    {
        // A full stop or apostrophe at the end belongs to the value ("Inc.") or to the sentence.
        foreach (var candidate in new[] { text, text.TrimEnd('.', '\'', '’') }.Distinct())
        {
            if (wordCount == 1 && (StopWords.Contains(candidate) || ShortNumber().IsMatch(candidate)))
                continue;
            if (index.Find(candidate) is { Count: > 0 } values)
                return values;
        }

        return [];
    }

    private static bool IsWritable(StoredValue value) => SchemaName.IsWritable(value.Table) && SchemaName.IsWritable(value.Column);

    private static string Write(StoredValue value) =>
        $"{SchemaName.Write(value.Table)}.{SchemaName.Write(value.Column)} = '{value.Text.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"[\p{L}\p{N}][^\s""“”„?,!;:()]*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"^[0-9]{1,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShortNumber();
}
