using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Schema;

/// <summary>A database server and who logs in there.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">Port; null for the engine's usual one.</param>
/// <param name="SslMode">
/// <c>disable</c>, <c>prefer</c>, <c>require</c>, <c>verify-ca</c> or <c>verify-full</c>; null for <c>prefer</c>. SQL Server knows <c>disable</c>,
/// <c>require</c>, <c>verify-full</c> and <c>strict</c> (TDS 8.0); null for <c>verify-full</c>.
/// </param>
public sealed record ServerLogin(string Host, int? Port, string User, Secret? Password, string? SslMode)
{
    private static readonly string[] SslModes = ["disable", "prefer", "require", "verify-ca", "verify-full"];

    /// <param name="text">URL that begins with a known scheme.</param>
    /// <param name="password">Password for a URL that has none.</param>
    /// <param name="findPassword">Finds one where neither has any.</param>
    internal static DatabaseUrl Parse(string text, SqlDialect dialect, Secret? password, Func<string?> findPassword)
    {
        var scheme = text[..text.IndexOf(':', StringComparison.Ordinal)];
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length is 0 || uri.Fragment.Length > 0 || uri.Port is 0)
            throw Malformed("write host and database, and %40, %3A, %2F, %3F, %23 for @ : / ? # in the password");
        var database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        var (user, written) = uri.UserInfo.Split(':', 2) is [var name, var secret] ? (name, secret) : (uri.UserInfo, null);
        if (database.Length is 0 || database.Contains('/', StringComparison.Ordinal) || user.Length is 0)
            throw Malformed(user.Length is 0 ? "the user is missing" : "the database's name is missing or has a slash");
        var sslMode = dialect is SqlDialect.SqlServer ? ReadEncryption(uri.Query) : ReadSslMode(uri.Query);
        var found = written is not null ? new Secret(Uri.UnescapeDataString(written)) : password ?? (findPassword() is { Length: > 0 } other ? new Secret(other) : null);
        return new(dialect, database, new(uri.DnsSafeHost, uri.Port > 0 ? uri.Port : null, Uri.UnescapeDataString(user), found, sslMode));

        string? ReadSslMode(string query)
        {
            var mode = query.StartsWith("?sslmode=", StringComparison.Ordinal) ? query["?sslmode=".Length..] : null;
            return query.Length <= 1 || SslModes.Contains(mode) ? mode : throw Malformed($"only sslmode may follow the question mark, as one of {string.Join(", ", SslModes)}");
        }

        string? ReadEncryption(string query)
        {
            string? encrypt = null, trust = null;
            foreach (var setting in query.TrimStart('?').ToUpperInvariant().Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                switch (setting.Split('='))
                {
                    case ["ENCRYPT", "TRUE" or "FALSE" or "STRICT"] when encrypt is null:
                        encrypt = setting["ENCRYPT=".Length..];
                        break;
                    case ["TRUSTSERVERCERTIFICATE", "TRUE" or "FALSE"] when trust is null:
                        trust = setting["TRUSTSERVERCERTIFICATE=".Length..];
                        break;
                    default:
                        throw Malformed("only encrypt (true, false or strict) and trustServerCertificate (true or false) may follow the question mark");
                }
            }

            return (encrypt, trust) switch
            {
                ("STRICT", "TRUE") => throw Malformed("encrypt=strict always checks the certificate"),
                ("STRICT", _) => "strict",
                ("FALSE", _) => "disable",
                (_, "TRUE") => "require",
                _ => null,
            };
        }

        // The text is not repeated: it may hold a password.
        TextToSqlException Malformed(string problem) => DatabaseUrl.Invalid(
            $"{scheme}: expected is {scheme}://user[:password]@host[:port]/database[?{(dialect is SqlDialect.SqlServer ? "encrypt=true" : "sslmode=require")}]; {problem}.");
    }
}
