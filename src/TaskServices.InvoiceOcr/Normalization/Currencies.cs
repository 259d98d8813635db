using System.Collections.Frozen;

namespace TaskServices.InvoiceOcr.Normalization;

/// <summary>Signs and codes of currencies. A sign is evidence, not proof: <c>$</c>, <c>kr</c> and <c>¥</c> stand for several.</summary>
public static class Currencies
{
    private const int MaxSignLength = 5;

    private static readonly FrozenDictionary<string, string[]> Signs = new Dictionary<string, string[]>
    {
        ["€"] = ["EUR"],
        ["EURO"] = ["EUR"],
        ["EUROS"] = ["EUR"],
        ["$"] = ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"],
        ["US$"] = ["USD"],
        ["USD$"] = ["USD"],
        ["C$"] = ["CAD"],
        ["CA$"] = ["CAD"],
        ["A$"] = ["AUD"],
        ["AU$"] = ["AUD"],
        ["NZ$"] = ["NZD"],
        ["S$"] = ["SGD"],
        ["HK$"] = ["HKD"],
        ["R$"] = ["BRL"],
        ["MX$"] = ["MXN"],
        ["£"] = ["GBP"],
        ["¥"] = ["JPY", "CNY"],
        ["￥"] = ["JPY", "CNY"],
        ["₹"] = ["INR"],
        ["₽"] = ["RUB"],
        ["₺"] = ["TRY"],
        ["₩"] = ["KRW"],
        ["₴"] = ["UAH"],
        ["฿"] = ["THB"],
        ["₫"] = ["VND"],
        ["₪"] = ["ILS"],
        ["KR"] = ["SEK", "NOK", "DKK", "ISK"],
        ["KR."] = ["DKK", "SEK", "NOK", "ISK"],
        ["FR."] = ["CHF"],
        ["SFR"] = ["CHF"],
        ["SFR."] = ["CHF"],
        ["ZŁ"] = ["PLN"],
        ["KČ"] = ["CZK"],
        ["FT"] = ["HUF"],
        ["LEI"] = ["RON"],
        ["RM"] = ["MYR"],
        ["RP"] = ["IDR"],
        ["RS."] = ["INR", "PKR", "LKR"],
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Codes = (
        "AED ARS AUD BAM BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HRK HUF IDR ILS INR ISK JPY KES KRW KWD LKR MAD MXN MYR NGN NOK NZD PEN PHP PKR "
        + "PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU VND ZAR").Split(' ').ToFrozenSet();

    private static readonly FrozenDictionary<string, string> OfCountry = Pairs(
        "AT EUR BE EUR BG BGN CY EUR CZ CZK DE EUR DK DKK EE EUR ES EUR FI EUR FR EUR GR EUR EL EUR HR EUR HU HUF IE EUR IT EUR LT EUR LU EUR LV EUR MT EUR NL EUR PL PLN "
        + "PT EUR RO RON SE SEK SI EUR SK EUR GB GBP XI GBP CH CHF LI CHF NO NOK IS ISK US USD CA CAD AU AUD NZ NZD SG SGD HK HKD MY MYR MX MXN JP JPY CN CNY IN INR");

    /// <summary>Returns whether a text is an ISO 4217 code that this table has, in capitals.</summary>
    public static bool IsCode(string code) => Codes.Contains(code);

    /// <summary>Returns what a printed sign or code may stand for, likeliest first; empty where it is not one.</summary>
    public static IReadOnlyList<string> CandidatesOf(string printed)
    {
        ArgumentNullException.ThrowIfNull(printed);
        var sign = printed.Trim();
        var capitals = sign.ToUpperInvariant();
        return Signs.TryGetValue(sign, out var codes) ? codes : Codes.Contains(capitals) ? [capitals] : [];
    }

    /// <summary>Returns the currency of a country (ISO 3166-1), or null where the table has none.</summary>
    public static string? Of(string? country) => country is not null && OfCountry.TryGetValue(country, out var code) ? code : null;

    /// <summary>Decides what a printed sign stands for: alone where it has one meaning, else by the country's currency.</summary>
    /// <returns>The code, likeliest where open, and whether it is open; null where the text is no currency.</returns>
    public static (string Code, bool IsAmbiguous)? Decide(string printed, string? country)
    {
        var candidates = CandidatesOf(printed);
        return candidates switch
        {
            [] => null,
            [var only] => (only, false),
            _ when Of(country) is { } own && candidates.Contains(own) => (own, false),
            _ => (candidates[0], true),
        };
    }

    /// <summary>Returns the length of the sign or code that a text starts with before a digit, a sign or a blank; 0 for none.</summary>
    internal static int MatchStart(ReadOnlySpan<char> text)
    {
        for (var length = Math.Min(MaxSignLength, text.Length - 1); length > 0; length--)
        {
            if (IsSign(text[..length]) && (char.IsAsciiDigit(text[length]) || text[length] is ' ' or '-' or '−' or '(' or '.' or ':' or '\u00A0'))
            {
                return length;
            }
        }

        return 0;
    }

    /// <summary>Returns the length of the sign or code that a text ends with; 0 for none.</summary>
    internal static int MatchEnd(ReadOnlySpan<char> text)
    {
        for (var length = Math.Min(MaxSignLength, text.Length - 1); length > 0; length--)
        {
            if (IsSign(text[^length..]) && !char.IsLetter(text[^(length + 1)]))
            {
                return length;
            }
        }

        return 0;
    }

    private static bool IsSign(ReadOnlySpan<char> text)
    {
        if (text[0] == ' ' || text[^1] == ' ')
        {
            return false;
        }

        Span<char> capitals = stackalloc char[MaxSignLength];
        text.ToUpperInvariant(capitals);
        return Signs.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(text)
            || (text.Length == 3 && Codes.GetAlternateLookup<ReadOnlySpan<char>>().Contains(capitals[..3]));
    }

    private static FrozenDictionary<string, string> Pairs(string words) =>
        words.Split(' ').Chunk(2).ToFrozenDictionary(pair => pair[0], pair => pair[1]);
}
