namespace TaskServices.InvoiceOcr.Normalization.Identifiers;

/// <summary>The arithmetic that identifiers share. Digits are ASCII; callers check the form first.</summary>
internal static class CheckDigits
{
    /// <summary>ISO 7064 mod 97-10 with letters as 10 to 35, as IBAN and RF references count: the remainder.</summary>
    public static int Mod97(ReadOnlySpan<char> text)
    {
        var remainder = 0;
        foreach (var sign in text)
        {
            var value = char.IsAsciiDigit(sign) ? sign - '0' : sign - 'A' + 10;
            remainder = ((remainder * (value > 9 ? 100 : 10)) + value) % 97;
        }

        return remainder;
    }

    /// <summary>ISO 7064 mod 11,10 over all digits with the check digit last.</summary>
    public static bool IsMod1110(ReadOnlySpan<char> digits)
    {
        var product = 10;
        foreach (var digit in digits[..^1])
        {
            var sum = (digit - '0' + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (11 - product) % 10 == digits[^1] - '0';
    }

    /// <summary>Luhn (mod 10, every second digit doubled) with the check digit last.</summary>
    public static bool IsLuhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var index = digits.Length - 1; index >= 0; index--)
        {
            var digit = (digits[index] - '0') * ((digits.Length - 1 - index) % 2 == 0 ? 1 : 2);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    /// <summary>GS1 mod 10 (weights 3 and 1 from the right) with the check digit last: GTIN, GLN, SSCC.</summary>
    public static bool IsGs1(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var index = digits.Length - 1; index >= 0; index--)
        {
            sum += (digits[index] - '0') * ((digits.Length - 1 - index) % 2 == 0 ? 1 : 3);
        }

        return sum % 10 == 0;
    }

    /// <summary>Mod 10 recursive, as Swiss payment references use it, with the check digit last.</summary>
    public static bool IsMod10Recursive(ReadOnlySpan<char> digits)
    {
        ReadOnlySpan<byte> table = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
        var carry = 0;
        foreach (var digit in digits[..^1])
        {
            carry = table[(carry + digit - '0') % 10];
        }

        return (10 - carry) % 10 == digits[^1] - '0';
    }

    /// <summary>The sum of digits times weights.</summary>
    public static int Weigh(ReadOnlySpan<char> digits, params ReadOnlySpan<int> weights)
    {
        var sum = 0;
        for (var index = 0; index < weights.Length; index++)
        {
            sum += (digits[index] - '0') * weights[index];
        }

        return sum;
    }

    /// <summary>Whether all characters are ASCII digits, and there is one at least.</summary>
    public static bool AreDigits(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');
}
