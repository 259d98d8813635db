using System.Globalization;

namespace TaskServices.InvoiceOcr.Normalization.Identifiers;

/// <summary>The Spanish NIF: of persons (DNI, NIE) with a letter of mod 23, of companies with a control digit or letter.</summary>
internal static class SpanishTaxId
{
    private const string PersonLetters = "TRWAGMYFPDXBNJZSQVHLCKE";

    private const string CompanyLetters = "JABCDEFGHI";

    /// <summary>Checks nine characters whose form is right; null where the first letter says nothing known.</summary>
    public static bool? HoldsCheck(string number) => number[0] switch
    {
        >= '0' and <= '9' => number[8] == PersonLetters[int.Parse(number[..8], CultureInfo.InvariantCulture) % 23],
        'X' or 'Y' or 'Z' => number[8] == PersonLetters[int.Parse($"{number[0] - 'X'}{number[1..8]}", CultureInfo.InvariantCulture) % 23],
        'K' or 'L' or 'M' => null,
        _ => IsCompany(number),
    };

    private static bool? IsCompany(string number)
    {
        if (!"ABCDEFGHJNPQRSUVW".Contains(number[0], StringComparison.Ordinal))
        {
            return null;
        }

        var sum = 0;
        for (var index = 1; index <= 7; index++)
        {
            var digit = (number[index] - '0') * (index % 2 == 1 ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
        }

        var control = (10 - (sum % 10)) % 10;
        return number[8] == control + '0' || number[8] == CompanyLetters[control];
    }
}
