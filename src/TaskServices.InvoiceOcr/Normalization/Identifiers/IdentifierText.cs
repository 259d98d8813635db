namespace TaskServices.InvoiceOcr.Normalization.Identifiers;

/// <summary>Brings a printed identifier to the form in which it is compared and kept.</summary>
public static class IdentifierText
{
    /// <summary>Returns the letters and digits of a text in capitals: blanks, dots, dashes and slashes are how it is printed, not what it is.</summary>
    public static string Compact(ReadOnlySpan<char> printed)
    {
        Span<char> kept = printed.Length <= 128 ? stackalloc char[printed.Length] : new char[printed.Length];
        var count = 0;
        foreach (var sign in printed)
        {
            if (char.IsLetterOrDigit(sign))
            {
                kept[count++] = char.ToUpperInvariant(sign);
            }
        }

        return new string(kept[..count]);
    }

    /// <summary>Returns the key by which invoice numbers are compared: small letters, without separators and leading zeros.</summary>
    public static string NumberKey(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        var key = string.Concat(number.Where(sign => !char.IsWhiteSpace(sign) && sign is not ('-' or '.' or '/' or '_'))).ToLowerInvariant();
        var trimmed = key.TrimStart('0');
        return trimmed.Length == 0 ? key : trimmed;
    }
}
