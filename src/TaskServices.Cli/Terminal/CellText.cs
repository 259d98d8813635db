using System.Globalization;
using System.Text;

namespace TaskServices.Cli.Terminal;

/// <summary>Makes text from files, databases and questions safe to print: no control character reaches the terminal.</summary>
internal static class CellText
{
    /// <summary>Formats one cell of a result for a table.</summary>
    /// <param name="maxLength">Longer text is cut and ends in an ellipsis.</param>
    public static string Format(object? cell, int maxLength = 60) => cell switch
    {
        null => "∅",
        byte[] bytes => string.Create(CultureInfo.InvariantCulture, $"<{bytes.Length:N0} bytes>"),
        double number => number.ToString("0.############", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => Cut(OneLine(cell.ToString() ?? ""), maxLength),
    };

    /// <summary>Replaces control and formatting characters, line ends included, by a space or U+FFFD.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            line.Append(character switch
            {
                '\n' or '\r' or '\t' or '\u2028' or '\u2029' => ' ',
                _ when char.IsControl(character) || char.GetUnicodeCategory(character) == UnicodeCategory.Format => '\uFFFD',
                _ => character,
            });
        }

        return line.ToString();
    }

    /// <summary>Replaces control characters but line ends and tabs, for running text.</summary>
    public static string Printable(string text) => string.Create(text.Length, text, static (output, source) =>
    {
        for (var index = 0; index < source.Length; index++)
        {
            output[index] = char.IsControl(source[index]) && source[index] is not ('\n' or '\t') ? '\uFFFD' : source[index];
        }
    });

    private static string Cut(string text, int maxLength)
    {
        if (text.Length <= maxLength)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[maxLength - 2]) ? maxLength - 2 : maxLength - 1;
        return text[..end] + "…";
    }
}
