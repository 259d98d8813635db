using static TaskServices.InvoiceOcr.Normalization.Identifiers.CheckDigits;

namespace TaskServices.InvoiceOcr.Normalization.Identifiers;

/// <summary>Article, location, tax and register numbers, compact (no blanks, dots or dashes).</summary>
public static class NationalIds
{
    /// <summary>GTIN-8, -12, -13 and -14: GS1 mod 10.</summary>
    public static ChecksumStatus CheckGtin(string number) =>
        number is { Length: 8 or 12 or 13 or 14 } && AreDigits(number) ? Status(IsGs1(number)) : ChecksumStatus.FormatFail;

    /// <summary>GLN: thirteen digits, GS1 mod 10.</summary>
    public static ChecksumStatus CheckGln(string number) => Digits(number, 13) ? Status(IsGs1(number)) : ChecksumStatus.FormatFail;

    /// <summary>French SIREN (9 digits) and SIRET (14): Luhn. La Poste's SIRET sum to a multiple of five instead.</summary>
    public static ChecksumStatus CheckSiren(string number) => Digits(number, 9) ? Status(IsLuhn(number))
        : Digits(number, 14) ? Status(IsLuhn(number) || (number.StartsWith("356000000", StringComparison.Ordinal) && number.Sum(digit => digit - '0') % 5 == 0))
        : ChecksumStatus.FormatFail;

    /// <summary>Dutch trade register: eight digits, no check digit.</summary>
    public static ChecksumStatus CheckKvk(string number) => Digits(number, 8) ? ChecksumStatus.FormatOk : ChecksumStatus.FormatFail;

    /// <summary>Norwegian organisation number: nine digits, mod 11.</summary>
    public static ChecksumStatus CheckNorwegian(string number) => Digits(number, 9) ? VatId.Check("NO" + number) : ChecksumStatus.FormatFail;

    /// <summary>Belgian enterprise number: ten digits, mod 97.</summary>
    public static ChecksumStatus CheckBelgian(string number) => Digits(number, 10) ? VatId.Check("BE" + number) : ChecksumStatus.FormatFail;

    /// <summary>Danish CVR: eight digits, mod 11.</summary>
    public static ChecksumStatus CheckDanish(string number) => Digits(number, 8) ? VatId.Check("DK" + number) : ChecksumStatus.FormatFail;

    /// <summary>German tax number: 10 or 11 digits as the tax offices print it, or 13 with a zero in the fifth place as ELSTER does. No public check for all states.</summary>
    public static ChecksumStatus CheckGermanTaxNumber(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        var isForm = AreDigits(number) && (number.Length is 10 or 11 || (number.Length == 13 && number[4] == '0'));
        return isForm ? ChecksumStatus.FormatOk : ChecksumStatus.FormatFail;
    }

    /// <summary>German identification number of a person (IdNr): eleven digits, not starting with 0, ISO 7064 mod 11,10.</summary>
    public static ChecksumStatus CheckGermanPersonId(string number) =>
        Digits(number, 11) && number[0] != '0' ? Status(IsMod1110(number)) : ChecksumStatus.FormatFail;

    private static bool Digits(string number, int length)
    {
        ArgumentNullException.ThrowIfNull(number);
        return number.Length == length && AreDigits(number);
    }

    private static ChecksumStatus Status(bool holds) => holds ? ChecksumStatus.ChecksumOk : ChecksumStatus.ChecksumFail;
}
