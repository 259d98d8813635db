using System.Text;
using System.Text.RegularExpressions;

namespace TaskServices.TextToSql.Audit;

/// <summary>Makes texts fit for a record: without credentials, well-formed, of bounded length.</summary>
internal sealed partial class AuditText(IEnumerable<string> secrets)
{
    /// <summary>Longer texts are cut and marked. A record has few of them, so a line stays far below <see cref="AuditLine.MaxBytes"/>.</summary>
    private const int MaxLength = 20_000;

    private const string Hidden = "***";

    private readonly string[] _secrets = [.. secrets.Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length)];

    public string? Clean(string? text)
    {
        if (text is null)
            return null;
        foreach (var secret in _secrets)
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        text = UserInfo().Replace(text, "$1" + Hidden + "@");
        text = Assignment().Replace(text, "$1" + Hidden);
        if (text.Length > MaxLength)
            text = text[..MaxLength] + "…";
        // Half a surrogate pair has no UTF-8.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    [GeneratedRegex(@"(://[^\s/@:]*:)\S+@")]
    private static partial Regex UserInfo();

    // password='x' and password = 'x', and as connection strings and URLs have it password=x; a comparison of two columns stays.
    [GeneratedRegex(@"((?:password|passwd|pwd|secret|token|api_?key)[""`\]]?(?:\s*=\s*(?=')|=))(?:'(?:[^']|'')*'?|[^\s;&'""]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Assignment();
}
