using System.Security.Cryptography;
using System.Text;

namespace TaskServices.ServiceDefaults.Access;

/// <summary>The bearer tokens (RFC 6750) that a server takes. Immutable; keeps their hashes only.</summary>
public sealed class AccessTokens
{
    /// <summary>Fewest characters of a token, so that none can be guessed.</summary>
    public const int FewestCharacters = 16;

    private const string Scheme = "Bearer ";

    private readonly byte[][] _hashes;

    /// <param name="tokens">At least one, each of <see cref="FewestCharacters"/> printable ASCII characters or more; two while one replaces the other.</param>
    /// <exception cref="ArgumentException">There is none, or one is too short or has other characters.</exception>
    public AccessTokens(IReadOnlyCollection<string> tokens)
    {
        if (tokens.Count == 0 || tokens.Any(token => token.Length < FewestCharacters || token.Any(c => c is <= ' ' or > '~')))
        {
            throw new ArgumentException($"a token has at least {FewestCharacters} printable ASCII characters and no spaces", nameof(tokens));
        }

        _hashes = [.. tokens.Select(Hash)];
    }

    /// <summary>Tells whether an <c>authorization</c> header has one of the tokens, in a time that does not depend on how much of it is right.</summary>
    public bool Accepts(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var hash = Hash(authorization[Scheme.Length..].Trim());
        return _hashes.Aggregate(false, (found, known) => found | CryptographicOperations.FixedTimeEquals(hash, known));
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
