using System.Globalization;

namespace TaskServices.TextToSql.Execution.Servers;

/// <summary>Reads exact numbers that servers write as text; what a decimal cannot hold exactly stays text, so that no digit is lost.</summary>
internal static class DecimalText
{
    private const int ExactDigits = 28;

    public static object Read(string text)
    {
        var digits = text.Count(char.IsAsciiDigit);
        return digits <= ExactDigits && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value
            : text;
    }
}
