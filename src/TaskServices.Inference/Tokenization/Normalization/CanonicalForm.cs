using System.Globalization;
using System.Text;

namespace TaskServices.Inference.Tokenization.Normalization;

/// <summary>Unicode normalization forms C and D (Unicode Standard Annex #15); a lone surrogate becomes U+FFFD.</summary>
/// <param name="composes">Form C where true, else form D.</param>
internal sealed class CanonicalForm(bool composes) : ITextNormalizer
{
    // Hangul syllables are computed: The Unicode Standard, section 3.12.
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28, SyllableCount = LeadCount * VowelCount * TailCount;

    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly Dictionary<int, int> Classes = [];

    static CanonicalForm()
    {
        foreach (var entry in Entries(UnicodeData.Decompositions))
        {
            var at = entry.IndexOfAny(['=', '>']);
            var parts = Array.ConvertAll(entry[(at + 1)..].Split('+'), Number);
            Decompositions.Add(Number(entry[..at]), parts);
            if (entry[at] == '=')
                Compositions.Add((parts[0], parts[1]), Number(entry[..at]));
        }

        foreach (var entry in Entries(UnicodeData.CombiningClasses))
        {
            var ends = Array.ConvertAll(entry[..entry.IndexOf(':', StringComparison.Ordinal)].Split('-'), Number);
            for (var value = ends[0]; value <= ends[^1]; value++)
                Classes.Add(value, Number(entry[(entry.IndexOf(':', StringComparison.Ordinal) + 1)..]));
        }
    }

    public string Normalize(string text)
    {
        // No character below U+00C0 decomposes, and none below U+0300 combines with one before it.
        if (!text.AsSpan().ContainsAnyInRange(composes ? '\u0300' : '\u00C0', '\uFFFF'))
            return text;

        var characters = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, characters);
        Reorder(characters);
        if (composes)
            Compose(characters);

        var result = new StringBuilder(text.Length);
        foreach (var character in characters)
            result.Append(new Rune(character).ToString());
        return result.ToString();
    }

    private static void Decompose(int character, List<int> output)
    {
        if (character - SyllableBase is >= 0 and < SyllableCount and var syllable)
        {
            output.Add(LeadBase + (syllable / (VowelCount * TailCount)));
            output.Add(VowelBase + (syllable / TailCount % VowelCount));
            if (syllable % TailCount is > 0 and var tail)
                output.Add(TailBase + tail);
        }
        else if (Decompositions.TryGetValue(character, out var parts))
        {
            foreach (var part in parts)
                Decompose(part, output);
        }
        else
        {
            output.Add(character);
        }
    }

    /// <summary>Sorts each run of combining marks by class; the sort is stable, and n log n on a long run.</summary>
    private static void Reorder(List<int> characters)
    {
        for (var start = 0; start < characters.Count; start++)
        {
            var end = start;
            while (end < characters.Count && ClassOf(characters[end]) > 0)
                end++;
            if (end - start > 1)
            {
                var sorted = characters.GetRange(start, end - start).OrderBy(ClassOf).ToArray();
                for (var i = 0; i < sorted.Length; i++)
                    characters[start + i] = sorted[i];
            }

            start = Math.Max(start, end - 1);
        }
    }

    private static void Compose(List<int> characters)
    {
        var (starter, lastClass, count) = (-1, 0, 0);
        foreach (var character in characters.ToArray())
        {
            var combiningClass = ClassOf(character);
            // A mark is blocked by one of its own class or a higher one between it and the starter.
            var isNext = starter == count - 1;
            if (starter >= 0 && (isNext || lastClass < combiningClass) && TryCompose(characters[starter], character) is { } composed)
            {
                characters[starter] = composed;
                continue;
            }

            if (combiningClass == 0)
                starter = count;
            lastClass = combiningClass;
            characters[count++] = character;
        }

        characters.RemoveRange(count, characters.Count - count);
    }

    private static int? TryCompose(int first, int second)
    {
        if (first - LeadBase is >= 0 and < LeadCount and var lead && second - VowelBase is >= 0 and < VowelCount and var vowel)
            return SyllableBase + (((lead * VowelCount) + vowel) * TailCount);
        if (first - SyllableBase is >= 0 and < SyllableCount and var syllable && syllable % TailCount == 0
            && second - TailBase is > 0 and < TailCount and var tail)
        {
            return SyllableBase + syllable + tail;
        }

        return Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static int ClassOf(int character) => Classes.GetValueOrDefault(character);

    private static string[] Entries(string data) => data.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
