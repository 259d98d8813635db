using System.Globalization;
using System.Text.RegularExpressions;

namespace TaskServices.InvoiceOcr.Normalization.Dates;

/// <summary>
/// Finds dates in a line: numeric with dots, slashes, dashes or blanks, ISO, and with month names in six languages; years of two digits become
/// 1970 to 2069. Only dates of the calendar are found.
/// </summary>
public static partial class DateText
{
    /// <summary>Finds the dates of a text from left to right.</summary>
    public static IReadOnlyList<DateReading> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<DateReading>();
        if (!text.Any(char.IsAsciiDigit))
        {
            return found;
        }

        foreach (Match match in YearFirst().Matches(text))
        {
            Add(found, match, Number(match, "y"), Number(match, "m"), Number(match, "d"), isNumeric: false);
        }

        foreach (Match match in Numeric().Matches(text))
        {
            AddNumeric(found, match);
        }

        foreach (Match match in DayName().Matches(text).Concat(NameDay().Matches(text)))
        {
            var month = MonthNames.NumberOf(match.Groups["m"].Value);
            if (month > 0)
            {
                Add(found, match, Year(match), month, Number(match, "d"), isNumeric: false);
            }
        }

        found.Sort((left, right) => left.Offset.CompareTo(right.Offset));
        return found;
    }

    /// <summary>Reads a whole text as one date, leaving aside blanks around it.</summary>
    public static bool TryParse(string text, out DateReading reading)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = Find(text);
        reading = found.Count > 0 ? found[0] : default;
        return reading.Length > 0 && reading.Length == text.Trim().Length;
    }

    private static void AddNumeric(List<DateReading> found, Match match)
    {
        var first = Number(match, "a");
        var second = Number(match, "b");
        var year = Year(match);
        if (first > 12 || second > 12 || first == second)
        {
            var order = first == second ? DateOrder.Unknown : first > 12 ? DateOrder.DayFirst : DateOrder.MonthFirst;
            Add(found, match, year, order == DateOrder.MonthFirst ? first : second, order == DateOrder.MonthFirst ? second : first, isNumeric: true, order);
        }
        else
        {
            Add(found, match, year, second, first, isNumeric: true, other: Make(year, first, second));
        }
    }

    private static void Add(
        List<DateReading> found, Match match, int year, int month, int day, bool isNumeric, DateOrder proves = DateOrder.Unknown, DateOnly? other = null)
    {
        var overlaps = found.Any(known => match.Index < known.Offset + known.Length && known.Offset < match.Index + match.Length);
        if (Make(year, month, day) is { } date && !overlaps)
        {
            found.Add(new DateReading
            {
                Value = date,
                MonthFirst = other,
                Proves = isNumeric ? proves : DateOrder.Unknown,
                HasShortYear = match.Groups["y"].Length == 2,
                Offset = match.Index,
                Length = match.Length,
            });
        }
    }

    private static DateOnly? Make(int year, int month, int day) =>
        year is >= 1900 and <= 2199 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) ? new DateOnly(year, month, day) : null;

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static int Year(Match match)
    {
        var year = Number(match, "y");
        return match.Groups["y"].Length == 4 ? year : year < 70 ? 2000 + year : 1900 + year;
    }

    [GeneratedRegex(@"(?<![\d.,/-])(?<y>(?:19|20|21)\d\d)\s?(?<s>[-/.])\s?(?<m>\d{1,2})\s?\k<s>\s?(?<d>\d{1,2})(?!\d)")]
    private static partial Regex YearFirst();

    // The same separator twice. Blanks beside it are the reader's; blanks alone need a year of four digits. A time may be glued on behind.
    [GeneratedRegex(@"(?<![\d.,/-])(?<a>\d{1,2})(?:\s?(?<s>[./-])\s?(?<b>\d{1,2})\s?\k<s>\s?(?<y>(?:19|20|21)\d\d|\d\d(?!\d))|\s(?<b>\d{1,2})\s(?<y>(?:19|20)\d\d))(?![/-]?\d(?!\d?:))")]
    private static partial Regex Numeric();

    [GeneratedRegex(@"(?<!\d)(?<d>\d{1,2})(?:st|nd|rd|th|er|º|°)?[.,]?[\s/-]*(?:(?:de|of|di)\s+)?(?<m>\p{L}{3,10})[.,']?[\s/-]*(?:(?:de|del|of)\s+)?(?<y>(?:19|20|21)\d\d|\d\d)(?!\d|[.,]\d)", RegexOptions.IgnoreCase)]
    private static partial Regex DayName();

    [GeneratedRegex(@"(?<!\p{L})(?<m>\p{L}{3,10})[.,]?[\s/-]*(?<d>\d{1,2})(?:st|nd|rd|th)?(?:\s*[,/-]\s*|\s+)(?<y>(?:19|20|21)\d\d|(?<=[,/-]\s*)\d\d)(?!\d|[.,:]\d)", RegexOptions.IgnoreCase)]
    private static partial Regex NameDay();
}
