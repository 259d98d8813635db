using System.Text.RegularExpressions;
using ValueMatch = TaskServices.TextToSql.Linking.ValueMatch;

namespace TaskServices.TextToSql.Knowledge;

/// <summary>A question with its values and numbers taken out: two questions with the same words ask the same of other values.</summary>
internal sealed partial class QuestionTemplate
{
    private static readonly HashSet<string> Fillers = new(["please", "kindly", "the", "a", "an", "me"], StringComparer.Ordinal);

    private QuestionTemplate(string words, IReadOnlyList<Slot> slots) => (Words, Slots) = (words, slots);

    /// <summary>Gets the stems in order, without articles and courtesies, with a mark for each slot.</summary>
    public string Words { get; }

    /// <summary>Gets what stood at the marks, in order.</summary>
    public IReadOnlyList<Slot> Slots { get; }

    public static QuestionTemplate Create(string question, IReadOnlyList<ValueMatch> matches)
    {
        var words = new List<string>();
        var slots = new List<Slot>();
        var end = 0;
        foreach (Match word in Word().Matches(question))
        {
            if (word.Index < end)
                continue;
            if (matches.FirstOrDefault(match => match.Start == word.Index) is { } value)
            {
                slots.Add(new(question.Substring(value.Start, value.Length), value));
                words.Add("=");
                end = value.Start + value.Length;
            }
            else if (char.IsAsciiDigit(word.Value[0]))
            {
                slots.Add(new(word.Value, null));
                words.Add("#");
            }
            else
            {
                words.AddRange(Linking.Words.NameStems(word.Value).Where(stem => !Fillers.Contains(stem)));
            }
        }

        return new(string.Join(' ', words), slots);
    }

    /// <param name="Text">As the question has it.</param>
    /// <param name="Value">The stored values that it names; null for a number.</param>
    internal sealed record Slot(string Text, ValueMatch? Value);

    [GeneratedRegex(@"\d[\d.,]*\d|\d|[\p{L}\p{N}]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
