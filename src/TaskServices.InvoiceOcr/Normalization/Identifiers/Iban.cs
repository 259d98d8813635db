using System.Collections.Frozen;

namespace TaskServices.InvoiceOcr.Normalization.Identifiers;

/// <summary>IBAN (ISO 13616) and BIC (ISO 9362).</summary>
public static class Iban
{
    private static readonly FrozenDictionary<string, int> Lengths = (
        "AD 24 AE 23 AL 28 AT 20 AZ 28 BA 20 BE 16 BG 22 BH 22 BR 29 BY 28 CH 21 CR 22 CY 28 CZ 24 DE 22 DK 18 DO 28 EE 20 EG 29 ES 24 FI 18 FO 18 FR 27 GB 22 GE 22 GI 23 "
        + "GL 18 GR 27 GT 28 HR 21 HU 28 IE 22 IL 23 IQ 23 IS 26 IT 27 JO 30 KW 30 KZ 20 LB 28 LC 32 LI 21 LT 20 LU 20 LV 21 LY 25 MC 27 MD 24 ME 22 MK 19 MR 27 MT 31 MU 30 "
        + "NL 18 NO 15 PK 24 PL 28 PS 29 PT 25 QA 29 RO 24 RS 22 SA 24 SC 31 SE 24 SI 19 SK 24 SM 27 ST 25 SV 28 TL 23 TN 24 TR 26 UA 29 VA 22 VG 24 XK 20")
        .Split(' ').Chunk(2).ToFrozenDictionary(pair => pair[0], pair => int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Returns the length of an IBAN of a country; 0 where the table has none.</summary>
    public static int LengthOf(string country) => Lengths.GetValueOrDefault(country);

    /// <summary>Checks a compact IBAN (capitals, no blanks): country, length, mod 97.</summary>
    public static ChecksumStatus Check(string iban)
    {
        ArgumentNullException.ThrowIfNull(iban);
        if (iban.Length is < 15 or > 34 || !char.IsAsciiLetterUpper(iban[0]) || !char.IsAsciiLetterUpper(iban[1])
            || !char.IsAsciiDigit(iban[2]) || !char.IsAsciiDigit(iban[3]) || !iban.All(sign => char.IsAsciiLetterUpper(sign) || char.IsAsciiDigit(sign)))
        {
            return ChecksumStatus.FormatFail;
        }

        if (!Lengths.TryGetValue(iban[..2], out var length))
        {
            return ChecksumStatus.UnknownCountry;
        }

        if (iban.Length != length)
        {
            return ChecksumStatus.FormatFail;
        }

        return CheckDigits.Mod97(string.Concat(iban.AsSpan(4), iban.AsSpan(0, 4))) == 1 ? ChecksumStatus.ChecksumOk : ChecksumStatus.ChecksumFail;
    }

    /// <summary>Checks a BIC's form: four letters, a country, two letters or digits, and three more or none.</summary>
    public static ChecksumStatus CheckBic(string bic)
    {
        ArgumentNullException.ThrowIfNull(bic);
        var isForm = bic.Length is 8 or 11 && bic[..6].All(char.IsAsciiLetterUpper)
            && bic[6..].All(sign => char.IsAsciiLetterUpper(sign) || char.IsAsciiDigit(sign));
        return !isForm ? ChecksumStatus.FormatFail : Countries.IsCode(bic[4..6]) ? ChecksumStatus.FormatOk : ChecksumStatus.UnknownCountry;
    }
}
