using System.Globalization;
using TaskServices.Evals.Execution;

namespace TaskServices.Evals.Metrics;

/// <summary>Cells as Python's <c>sqlite3</c> gives them and Python compares them, since both protocols are Python programs.</summary>
internal static class CellValue
{
    /// <summary>
    /// Maps equal values to equal objects: 1.0 becomes 1 (Python: <c>1 == 1.0</c>), <c>'1'</c> stays text, and floats stay exact.
    /// </summary>
    public static object Normalize(object? cell) => cell switch
    {
        null => DBNull.Value,
        double number when number is >= -9223372036854775808.0 and < 9223372036854775808.0 && Math.Truncate(number) == number => (long)number,
        _ => cell,
    };

    /// <summary>Python's <c>str(x) + str(type(x))</c>, the key by which Spider sorts a row's cells before it compares them.</summary>
    public static string SortKey(object? cell) => cell switch
    {
        null => "None<class 'NoneType'>",
        long number => number.ToString(CultureInfo.InvariantCulture) + "<class 'int'>",
        double number => FloatText(number) + "<class 'float'>",
        string text => text + "<class 'str'>",
        Blob blob => "b'" + blob.Hex + "'<class 'bytes'>",
        _ => throw new ArgumentException($"A cell of type {cell.GetType()} does not come from SQLite.", nameof(cell)),
    };

    /// <summary>Python's <c>str(float)</c>: shortest digits that read back, an exponent below 1e-4 and from 1e16 on.</summary>
    private static string FloatText(double number)
    {
        if (!double.IsFinite(number))
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        if (number == 0)
            return double.IsNegative(number) ? "-0.0" : "0.0";

        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var sign = number < 0 ? "-" : "";
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = (mark < 0 ? text : text[..mark]).TrimStart('-');
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var integerLength = point < 0 ? mantissa.Length : point;
        var allDigits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var digits = allDigits.TrimStart('0');
        var exponent = integerLength - 1 - (allDigits.Length - digits.Length)
            + (mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        digits = digits.TrimEnd('0');
        return sign + exponent switch
        {
            < -4 or >= 16 => digits[..1] + (digits.Length > 1 ? "." + digits[1..] : "")
                + (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture),
            < 0 => "0." + new string('0', -exponent - 1) + digits,
            _ when digits.Length > exponent + 1 => digits[..(exponent + 1)] + "." + digits[(exponent + 1)..],
            _ => digits.PadRight(exponent + 1, '0') + ".0",
        };
    }
}
