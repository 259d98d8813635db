using System.Text;
using System.Text.RegularExpressions;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>The key by which names of companies are compared.</summary>
public static partial class CompanyName
{
    /// <summary>Returns the name in small letters without its legal form and signs.</summary>
    public static string KeyOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var plain = LegalForm().Replace(name.Normalize(NormalizationForm.FormKC), " ");
        var key = string.Concat(plain.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        return key.Length > 0 ? key : string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
    }

    [GeneratedRegex(@"(?<!\p{L})(?:GmbH|mbH|AG|KGaA|KG|OHG|e\.?K\.?|UG|GbR|Ltd\.?|Limited|LLP|PLC|Inc\.?|LLC|Corp\.?|SARL|SASU?|EURL|S\.?A\.?|S\.?L\.?U?\.?|S\.?r\.?l\.?|S\.?p\.?A\.?|B\.?V\.?|N\.?V\.?|Sdn\.?\s?Bhd\.?|Bhd\.?|Pte\.?|Pty\.?|Co\.?)(?!\p{L})", RegexOptions.IgnoreCase)]
    private static partial Regex LegalForm();
}
