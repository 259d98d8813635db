using System.Globalization;
using static TaskServices.InvoiceOcr.Normalization.Identifiers.CheckDigits;

namespace TaskServices.InvoiceOcr.Normalization.Identifiers;

/// <summary>VAT identification numbers of the EU's members (Greece: EL), Northern Ireland (XI), Britain, Switzerland (CHE) and Norway.</summary>
/// <remarks>Whether a number is registered is VIES's to say, over the network: outside this library.</remarks>
public static class VatId
{
    /// <summary>Returns the prefix that names the country; empty where the table has none.</summary>
    public static string PrefixOf(string vatId)
    {
        ArgumentNullException.ThrowIfNull(vatId);
        return vatId.StartsWith("CHE", StringComparison.Ordinal) ? "CHE"
            : vatId.Length > 2 && VatIdFormats.Contains(vatId[..2]) ? vatId[..2]
            : "";
    }

    /// <summary>Returns the country (ISO 3166-1) of a compact VAT identification number, or null.</summary>
    public static string? CountryOf(string vatId) => PrefixOf(vatId) switch
    {
        "" => null,
        "EL" => "GR",
        "XI" => "GB",
        var prefix => prefix[..2],
    };

    /// <summary>Checks a compact number (capitals, no blanks, dots or dashes) with its prefix.</summary>
    public static ChecksumStatus Check(string vatId)
    {
        ArgumentNullException.ThrowIfNull(vatId);
        var prefix = PrefixOf(vatId);
        if (prefix.Length == 0)
        {
            return ChecksumStatus.UnknownCountry;
        }

        var number = Strip(prefix, vatId[prefix.Length..]);
        return !VatIdFormats.Matches(prefix, number) ? ChecksumStatus.FormatFail : HoldsCheck(prefix, number) switch
        {
            null => ChecksumStatus.FormatOk,
            true => ChecksumStatus.ChecksumOk,
            false => ChecksumStatus.ChecksumFail,
        };
    }

    // Switzerland and Norway print the tax's name behind the number.
    private static string Strip(string prefix, string number)
    {
        string[] endings = prefix switch { "CHE" => ["MWST", "TVA", "IVA", "VAT"], "NO" => ["MVA"], _ => [] };
        var ending = endings.FirstOrDefault(candidate => number.EndsWith(candidate, StringComparison.Ordinal));
        return ending is null ? number : number[..^ending.Length];
    }

    private static bool? HoldsCheck(string prefix, string n) => prefix switch
    {
        "AT" => AustrianCheck(n) == n[8] - '0',
        "BE" => 97 - (int)(long.Parse(n[..8], CultureInfo.InvariantCulture) % 97) == int.Parse(n[8..], CultureInfo.InvariantCulture),
        "BG" => n.Length == 9 ? BulgarianCheck(n) == n[8] - '0' : null,
        "CHE" => Eleven(Weigh(n, 5, 4, 3, 2, 7, 6, 5, 4), ten: -1) == n[8] - '0',
        "CY" => CypriotCheck(n) == n[8],
        "CZ" => n.Length == 8 ? Eleven(Weigh(n, 8, 7, 6, 5, 4, 3, 2), ten: 0, eleven: 1) == n[7] - '0' : null,
        "DE" or "HR" => IsMod1110(n),
        "DK" => Weigh(n, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0,
        "EE" => (10 - (Weigh(n, 3, 7, 1, 3, 7, 1, 3, 7) % 10)) % 10 == n[8] - '0',
        "EL" => Weigh(n, 256, 128, 64, 32, 16, 8, 4, 2) % 11 % 10 == n[8] - '0',
        "ES" => SpanishTaxId.HoldsCheck(n),
        "FI" => Eleven(Weigh(n, 7, 9, 10, 5, 8, 4, 2), ten: -1) == n[7] - '0',
        "FR" => AreDigits(n) ? (12 + (3 * (int.Parse(n[2..], CultureInfo.InvariantCulture) % 97))) % 97 == int.Parse(n[..2], CultureInfo.InvariantCulture) : null,
        "GB" or "XI" => AreDigits(n) ? IsBritish(n) : null,
        "HU" => (10 - (Weigh(n, 9, 7, 3, 1, 9, 7, 3) % 10)) % 10 == n[7] - '0',
        "IE" => char.IsAsciiDigit(n[1]) ? IsIrish(n) : null,
        "IT" => IsLuhn(n),
        "LT" => IsLithuanian(n),
        "LU" => int.Parse(n[..6], CultureInfo.InvariantCulture) % 89 == int.Parse(n[6..], CultureInfo.InvariantCulture),
        "LV" => n[0] > '3' ? IsLatvian(n) : null,
        "MT" => 37 - (Weigh(n, 3, 4, 6, 7, 8, 9) % 37) == int.Parse(n[6..], CultureInfo.InvariantCulture),
        "NL" => (AreDigits(n.AsSpan(0, 9)) && Weigh(n, 9, 8, 7, 6, 5, 4, 3, 2) % 11 == n[8] - '0') || Mod97("NL" + n) == 1,
        "NO" => Eleven(Weigh(n, 3, 2, 7, 6, 5, 4, 3, 2), ten: -1) == n[8] - '0',
        "PL" => Weigh(n, 6, 5, 7, 2, 3, 4, 5, 6, 7) % 11 == n[9] - '0',
        "PT" => Eleven(Weigh(n, 9, 8, 7, 6, 5, 4, 3, 2), ten: 0) == n[8] - '0',
        "RO" => Weigh(n.PadLeft(10, '0'), 7, 5, 3, 2, 1, 7, 5, 3, 2) * 10 % 11 % 10 == n[^1] - '0',
        "SE" => IsLuhn(n.AsSpan(0, 10)),
        "SI" => Eleven(Weigh(n, 8, 7, 6, 5, 4, 3, 2), ten: 0, eleven: -1) == n[7] - '0',
        "SK" => long.Parse(n, CultureInfo.InvariantCulture) % 11 == 0,
        _ => null,
    };

    // 11 minus the remainder, where 10 and 11 have a meaning of their own in each country; -1 equals no digit.
    private static int Eleven(int sum, int ten, int eleven = 0) => (11 - (sum % 11)) switch { 10 => ten, 11 => eleven, var digit => digit };

    private static int AustrianCheck(string n)
    {
        var sum = 4;
        for (var index = 1; index < 8; index++)
        {
            var digit = (n[index] - '0') * (index % 2 == 0 ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return (10 - (sum % 10)) % 10;
    }

    private static int BulgarianCheck(string n)
    {
        var first = Weigh(n, 1, 2, 3, 4, 5, 6, 7, 8) % 11;
        return first < 10 ? first : Weigh(n, 3, 4, 5, 6, 7, 8, 9, 10) % 11 % 10;
    }

    private static char CypriotCheck(string n)
    {
        ReadOnlySpan<int> odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
        var sum = 0;
        for (var index = 0; index < 8; index++)
        {
            sum += index % 2 == 0 ? odd[n[index] - '0'] : n[index] - '0';
        }

        return (char)('A' + (sum % 26));
    }

    private static bool IsBritish(string n)
    {
        var sum = Weigh(n, 8, 7, 6, 5, 4, 3, 2) + int.Parse(n.AsSpan(7, 2), CultureInfo.InvariantCulture);
        return sum % 97 == 0 || (sum + 55) % 97 == 0;
    }

    private static bool IsIrish(string n)
    {
        var sum = Weigh(n, 8, 7, 6, 5, 4, 3, 2) + (n.Length == 9 && n[8] != 'W' ? 9 * (n[8] - 'A' + 1) : 0);
        return (sum % 23 == 0 ? 'W' : (char)('A' + (sum % 23) - 1)) == n[7];
    }

    private static bool IsLithuanian(string n)
    {
        var remainder = n.Length == 9 ? Weigh(n, 1, 2, 3, 4, 5, 6, 7, 8) % 11 : Weigh(n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2) % 11;
        if (remainder == 10)
        {
            remainder = (n.Length == 9 ? Weigh(n, 3, 4, 5, 6, 7, 8, 9, 1) : Weigh(n, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4)) % 11 % 10;
        }

        return remainder == n[^1] - '0';
    }

    private static bool IsLatvian(string n)
    {
        var sum = Weigh(n, 9, 1, 4, 8, 3, 10, 2, 5, 7, 6);
        sum -= sum % 11 == 4 && n[0] == '9' ? 45 : 0;
        var check = (sum % 11) switch { 4 => 0, > 4 and var high => 14 - high, var low => 3 - low };
        return check == n[10] - '0';
    }
}
