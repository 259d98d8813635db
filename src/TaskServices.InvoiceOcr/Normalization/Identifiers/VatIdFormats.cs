using System.Collections.Frozen;

namespace TaskServices.InvoiceOcr.Normalization.Identifiers;

/// <summary>The forms of VAT numbers behind their prefix: 9 a digit, A a letter, * either, and other signs themselves.</summary>
internal static class VatIdFormats
{
    private static readonly FrozenDictionary<string, string[]> Forms = new Dictionary<string, string[]>
    {
        ["AT"] = ["U99999999"],
        ["BE"] = ["0999999999", "1999999999"],
        ["BG"] = ["999999999", "9999999999"],
        ["CHE"] = ["999999999"],
        ["CY"] = ["99999999A"],
        ["CZ"] = ["99999999", "999999999", "9999999999"],
        ["DE"] = ["999999999"],
        ["DK"] = ["99999999"],
        ["EE"] = ["999999999"],
        ["EL"] = ["999999999"],
        ["ES"] = ["A9999999*", "99999999A"],
        ["FI"] = ["99999999"],
        ["FR"] = ["**999999999"],
        ["GB"] = ["999999999", "999999999999", "GD999", "HA999"],
        ["HR"] = ["99999999999"],
        ["HU"] = ["99999999"],
        ["IE"] = ["9999999A", "9999999AA", "9A99999A"],
        ["IT"] = ["99999999999"],
        ["LT"] = ["999999999", "999999999999"],
        ["LU"] = ["99999999"],
        ["LV"] = ["99999999999"],
        ["MT"] = ["99999999"],
        ["NL"] = ["*********B99"],
        ["NO"] = ["999999999"],
        ["PL"] = ["9999999999"],
        ["PT"] = ["999999999"],
        ["RO"] = ["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999"],
        ["SE"] = ["999999999901"],
        ["SI"] = ["99999999"],
        ["SK"] = ["9999999999"],
        ["XI"] = ["999999999", "999999999999", "GD999", "HA999"],
    }.ToFrozenDictionary();

    public static bool Contains(string prefix) => Forms.ContainsKey(prefix);

    public static bool Matches(string prefix, string number) => Forms[prefix].Any(form => Fits(form, number));

    private static bool Fits(string form, string number)
    {
        if (form.Length != number.Length)
        {
            return false;
        }

        for (var index = 0; index < form.Length; index++)
        {
            var sign = number[index];
            var fits = form[index] switch
            {
                '9' => char.IsAsciiDigit(sign),
                'A' => char.IsAsciiLetterUpper(sign),
                '*' => char.IsAsciiDigit(sign) || char.IsAsciiLetterUpper(sign),
                var literal => literal == sign,
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }
}
