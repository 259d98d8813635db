using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>A label as found in a segment.</summary>
internal readonly record struct LabelHit(LabelKind Kind, int Offset, int Length, string Phrase);

/// <summary>Finds labels: whatever their case, accents, dots and blanks, which readers drop and add.</summary>
internal static class LabelFinder
{
    private const int GluedLength = 5;

    private static readonly FrozenDictionary<string, LabelKind[]> Phrases = LabelTable.Rows
        .SelectMany(row => row.Phrases.Split('|').Select(phrase => (Phrase: Squeeze(phrase).Text, row.Kind)))
        .Where(pair => pair.Phrase.Length > 0)
        .GroupBy(pair => pair.Phrase).ToFrozenDictionary(group => group.Key, group => group.Select(pair => pair.Kind).Distinct().ToArray());

    private static readonly FrozenDictionary<string, LabelKind[]>.AlternateLookup<ReadOnlySpan<char>> Lookup = Phrases.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly int LongestPhrase = Phrases.Keys.Max(phrase => phrase.Length);

    private static readonly int ShortestPhrase = Phrases.Keys.Min(phrase => phrase.Length);

    /// <summary>Finds the labels of a text from left to right; at each place the longest, once for each kind that it may announce.</summary>
    public static List<LabelHit> Find(string text)
    {
        var found = new List<LabelHit>();
        var (squeezed, places) = Squeeze(text);
        for (var start = 0; start < squeezed.Length; start++)
        {
            if (!IsWordStart(text, places[start]))
            {
                continue;
            }

            for (var length = Math.Min(LongestPhrase, squeezed.Length - start); length >= ShortestPhrase; length--)
            {
                var end = places[start + length - 1] + 1;
                if (Lookup.TryGetValue(squeezed.AsSpan(start, length), out var kinds) && (IsWordEnd(text, end) || length >= GluedLength && !EndsInWord(text, end)))
                {
                    found.AddRange(kinds.Select(kind => new LabelHit(kind, places[start], end - places[start], squeezed.Substring(start, length))));
                    start += length - 1;
                    break;
                }
            }
        }

        return found;
    }

    /// <summary>Returns a text's letters, digits and the signs # and %, small and without accents, with the place of each in the text.</summary>
    public static (string Text, int[] Places) Squeeze(string text)
    {
        var squeezed = new StringBuilder(text.Length);
        var places = new List<int>(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            var sign = text[index];
            if (char.IsLetterOrDigit(sign) || sign is '#' or '%')
            {
                foreach (var part in Plain(sign))
                {
                    squeezed.Append(part);
                    places.Add(index);
                }
            }
        }

        return (squeezed.ToString(), [.. places]);
    }

    private static string Plain(char sign) => sign switch
    {
        < '\u0080' => char.ToLowerInvariant(sign).ToString(),
        'ß' => "ss",
        'º' or '°' => "",
        _ => sign.ToString().ToLowerInvariant().Normalize(NormalizationForm.FormD)
            .Where(part => CharUnicodeInfo.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark).Aggregate("", (all, part) => all + part),
    };

    private static bool IsWordStart(string text, int place) => place == 0 || !char.IsLetterOrDigit(text[place - 1]) || char.IsDigit(text[place - 1]) != char.IsDigit(text[place]);

    private static bool IsWordEnd(string text, int end) => end == text.Length || !char.IsLetter(text[end]) || (char.IsDigit(text[end - 1]) && char.IsLetter(text[end]));

    // "TOTALRM" and "InvoiceNo" are labels with something glued on; "totality" is a word of its own, so a small letter after a small letter is none.
    private static bool EndsInWord(string text, int end) => char.IsLower(text[end - 1]) && char.IsLower(text[end]);
}
