using System.Collections.Frozen;

namespace TaskServices.InvoiceOcr.Normalization.Dates;

/// <summary>Names of months in English, German, French, Spanish, Italian and Dutch, with their usual short forms.</summary>
internal static class MonthNames
{
    private static readonly FrozenDictionary<string, int> Numbers = new[]
    {
        "1 january jan januar jänner janner jän janvier janv enero ene gennaio gen januari",
        "2 february feb februar feber février fevrier févr fevr fév fev febrero febbraio febr februari",
        "3 march mar märz marz mär mrz mars marzo maart mrt maerz",
        "4 april apr avril avr abril abr aprile",
        "5 may mai mayo maggio mag mei",
        "6 june jun juni juin junio giugno giu",
        "7 july jul juli juillet juil julio luglio lug",
        "8 august aug août aout agosto ago augustus",
        "9 september sep sept septembre septiembre setiembre settembre set",
        "10 october oct oktober okt octobre octubre ottobre ott",
        "11 november nov novembre noviembre",
        "12 december dec dezember dez décembre decembre déc diciembre dic dicembre",
    }.SelectMany(row => row.Split(' ')[1..].Select(name => (name, row)))
        .ToFrozenDictionary(
            pair => pair.name, pair => int.Parse(pair.row.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the month's number, or 0 where the word is not a month.</summary>
    public static int NumberOf(string word) => Numbers.GetValueOrDefault(word);
}
