using System.Globalization;
using static TaskServices.InvoiceOcr.Normalization.Identifiers.CheckDigits;

namespace TaskServices.InvoiceOcr.Normalization.Identifiers;

/// <summary>References of payments and creditors, compact (capitals, no blanks).</summary>
public static class PaymentReference
{
    /// <summary>ISO 11649 creditor reference: RF, two check digits, up to 21 letters and digits; mod 97.</summary>
    public static ChecksumStatus CheckRf(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Length is < 5 or > 25 || !reference.StartsWith("RF", StringComparison.Ordinal) || !AreDigits(reference.AsSpan(2, 2))
            || !reference.All(sign => char.IsAsciiDigit(sign) || char.IsAsciiLetterUpper(sign)))
        {
            return ChecksumStatus.FormatFail;
        }

        return Status(Mod97(reference[4..] + reference[..4]) == 1);
    }

    /// <summary>Swiss QR reference: 27 digits, mod 10 recursive.</summary>
    public static ChecksumStatus CheckSwiss(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return reference.Length == 27 && AreDigits(reference) ? Status(IsMod10Recursive(reference)) : ChecksumStatus.FormatFail;
    }

    /// <summary>Belgian structured communication (OGM): twelve digits, the last two the first ten mod 97, with 97 for 0.</summary>
    public static ChecksumStatus CheckBelgian(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Length != 12 || !AreDigits(reference))
        {
            return ChecksumStatus.FormatFail;
        }

        var remainder = (int)(long.Parse(reference.AsSpan(0, 10), CultureInfo.InvariantCulture) % 97);
        return Status((remainder == 0 ? 97 : remainder) == int.Parse(reference.AsSpan(10), CultureInfo.InvariantCulture));
    }

    /// <summary>SEPA creditor identifier: country, two check digits, a business code of three, and the national part; mod 97 without the business code.</summary>
    public static ChecksumStatus CheckCreditorId(string identifier)
    {
        ArgumentNullException.ThrowIfNull(identifier);
        if (identifier.Length is < 8 or > 35 || !Countries.IsCode(identifier[..2]) || !AreDigits(identifier.AsSpan(2, 2))
            || !identifier.All(sign => char.IsAsciiDigit(sign) || char.IsAsciiLetterUpper(sign)))
        {
            return ChecksumStatus.FormatFail;
        }

        return Status(Mod97(identifier[7..] + identifier[..4]) == 1);
    }

    private static ChecksumStatus Status(bool holds) => holds ? ChecksumStatus.ChecksumOk : ChecksumStatus.ChecksumFail;
}
