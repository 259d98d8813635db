using System.Collections.Frozen;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>Rates of value added tax by country in percent, as in force from 2014 on. A rate that is not here is a reason to look, not an error.</summary>
internal static class TaxRates
{
    private static readonly FrozenDictionary<string, decimal[]> Rates = new Dictionary<string, decimal[]>
    {
        ["AT"] = [20, 13, 10, 19],
        ["BE"] = [21, 12, 6],
        ["BG"] = [20, 9],
        ["CY"] = [19, 9, 5, 3],
        ["CZ"] = [21, 15, 12, 10],
        ["DE"] = [19, 7],
        ["DK"] = [25],
        ["EE"] = [20, 22, 24, 9, 13, 5],
        ["GR"] = [24, 23, 13, 6],
        ["ES"] = [21, 10, 5, 4, 7.5m, 2],
        ["FI"] = [24, 25.5m, 14, 10, 13.5m],
        ["FR"] = [20, 10, 5.5m, 2.1m, 8.5m],
        ["HR"] = [25, 13, 5],
        ["HU"] = [27, 18, 5],
        ["IE"] = [23, 21, 13.5m, 9, 4.8m],
        ["IT"] = [22, 10, 5, 4],
        ["LT"] = [21, 9, 5],
        ["LU"] = [17, 16, 14, 13, 8, 7, 3],
        ["LV"] = [21, 12, 5],
        ["MT"] = [18, 12, 7, 5],
        ["NL"] = [21, 9, 6],
        ["PL"] = [23, 8, 5],
        ["PT"] = [23, 13, 6, 22, 12, 5, 4, 9, 16, 18],
        ["RO"] = [19, 24, 20, 21, 9, 5, 11],
        ["SE"] = [25, 12, 6],
        ["SI"] = [22, 9.5m, 5],
        ["SK"] = [20, 23, 19, 10, 5],
        ["GB"] = [20, 5],
        ["CH"] = [7.7m, 2.5m, 3.7m, 8.1m, 2.6m, 3.8m, 8, 2.4m],
        ["NO"] = [25, 15, 12, 11.11m, 10, 8],
    }.ToFrozenDictionary();

    /// <summary>Returns the rates of a country at a date, with 0; null where the table has none.</summary>
    public static IReadOnlyCollection<decimal>? Of(string country, DateOnly date)
    {
        if (!Rates.TryGetValue(country, out var rates) || date.Year < 2014)
        {
            return null;
        }

        // Germany's rates of the second half of 2020; the old ones stay right for supplies before.
        var lowered = country == "DE" && date >= new DateOnly(2020, 7, 1) && date <= new DateOnly(2021, 3, 31);
        return lowered ? [0, 16, 5, .. rates] : [0, .. rates];
    }
}
