using System.CommandLine;
using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Guard;

namespace TaskServices.Cli.Commands;

/// <summary>Options that say who asks, and which file says what they may read.</summary>
internal sealed class PrincipalOptions
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "Configuration: databases, credentials, grants, policies and principals by name.",
        HelpName = "FILE.json",
    };

    private readonly Option<string?> _principal = new("--principal") { Description = "Who asks: a name that the configuration lists.", HelpName = "NAME" };

    private readonly Option<string?> _tenant = new("--tenant") { Description = "Tenant whose rows may be read, where the configuration does not say.", HelpName = "TENANT" };

    public void AddTo(Command command)
    {
        command.Add(_config);
        command.Add(_principal);
        command.Add(_tenant);
    }

    /// <summary>Adds only the option for the file: the server hears from each call who asks.</summary>
    public void AddFileTo(Command command) => command.Add(_config);

    /// <returns>Null where no file is given.</returns>
    public ServiceConfiguration? ReadConfiguration(ParseResult arguments) =>
        arguments.GetValue(_config) is { } path ? ConfigurationReader.Read(path) : null;

    /// <exception cref="CliException">A principal is given without a file that lists it.</exception>
    public Principal ReadPrincipal(ParseResult arguments, ServiceConfiguration? configuration)
    {
        var (name, tenant) = (arguments.GetValue(_principal), arguments.GetValue(_tenant));
        if (configuration is null && (name ?? tenant) is not null)
        {
            throw CliException.Usage("--principal and --tenant need --config: without grants everyone reads everything.");
        }

        return configuration?.FindPrincipal(name, tenant) ?? Principal.Local;
    }
}
