using System.CommandLine;
using System.Net;
using TaskServices.ServiceDefaults.Access;

namespace TaskServices.Cli.Serving;

/// <summary>Where a server listens and whom it answers.</summary>
/// <param name="Address">A network interface's address.</param>
/// <param name="Tokens">Tokens of which every request has one, or null for none.</param>
internal sealed record ServerAccess(IPAddress Address, AccessTokens? Tokens)
{
    private const long MaxFileBytes = 64 << 10;

    /// <summary>Gets access from this machine only, without a token.</summary>
    public static ServerAccess Local { get; } = new(IPAddress.Loopback, null);

    /// <summary>Reads the tokens of a file, one a line; a mounted secret.</summary>
    /// <exception cref="CliException">The file is missing, or holds no token, or one that is too short.</exception>
    public static IReadOnlyList<string> ReadTokens(string path)
    {
        if (!File.Exists(path))
        {
            throw CliException.FileNotFound(path);
        }

        string[] tokens = new FileInfo(path).Length > MaxFileBytes ? [] : [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        try
        {
            _ = new AccessTokens(tokens);
            return tokens;
        }
        catch (ArgumentException)
        {
            throw CliException.Environment(
                "TOKEN_FILE_INVALID", $"{path}: must hold one token a line, each of at least {AccessTokens.FewestCharacters} printable ASCII characters without spaces.");
        }
    }
}

/// <summary>Options that say where a server listens and whom it answers.</summary>
internal sealed class AccessOptions
{
    private readonly Option<string> _listen = new("--listen")
    {
        Description = "Address to listen on, for example 0.0.0.0; beyond this machine only with --token-file.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<string?> _tokens = new("--token-file")
    {
        Description = "File with tokens, one a line: every request needs one of them (authorization: Bearer …), the probes excepted.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Add(_listen);
        command.Add(_tokens);
    }

    /// <exception cref="CliException">The address is none, or other machines would be answered without a token.</exception>
    public ServerAccess Read(ParseResult arguments)
    {
        var (text, path) = (arguments.GetRequiredValue(_listen), arguments.GetValue(_tokens));
        if (!IPAddress.TryParse(text, out var address))
        {
            throw CliException.Usage($"--listen must be an IP address; it is '{text}'.");
        }

        return path is not null ? new(address, new AccessTokens(ServerAccess.ReadTokens(path)))
            : IPAddress.IsLoopback(address) ? new(address, null)
            : throw CliException.Usage($"--listen {text} answers other machines, so it needs --token-file.");
    }
}
