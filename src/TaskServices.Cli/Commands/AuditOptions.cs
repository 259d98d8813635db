using System.CommandLine;
using TaskServices.Cli.Terminal;
using TaskServices.TextToSql.Audit;
using TaskServices.TextToSql.Configuration;

namespace TaskServices.Cli.Commands;

/// <summary>Options that say where questions are recorded.</summary>
internal sealed class AuditOptions
{
    private const string Warn = "warn";

    // Where database URLs without a password take it from.
    private static readonly string[] PasswordVariables = ["PGPASSWORD", "MYSQL_PWD", "SQLCMDPASSWORD"];

    private readonly Option<string?> _file = new("--audit")
    {
        Description = "Audit log, records in a hash chain: a file, or the URL of a database with the table of docs/roles/audit.sql. Default: that of the configuration, else none.",
        HelpName = "FILE.jsonl|URL",
    };

    private readonly Option<string?> _onFailure = new("--audit-on-failure")
    {
        Description = "What a record that cannot be written means: no answer (stop), or a warning (warn). Default: audit.on_failure, else stop.",
    };

    public AuditOptions() => _onFailure.AcceptOnlyFromAmong("stop", Warn);

    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_onFailure);
    }

    public bool IsGiven(ParseResult arguments) => (arguments.GetValue(_file) ?? arguments.GetValue(_onFailure)) is not null;

    /// <returns>Null where no log was asked for.</returns>
    /// <exception cref="AuditException">The log cannot be written or continued.</exception>
    public AuditLog? Open(ParseResult arguments, ServiceConfiguration? configuration)
    {
        var onFailure = arguments.GetValue(_onFailure);
        if ((arguments.GetValue(_file) ?? configuration?.Audit?.Path) is not { } path)
        {
            return onFailure is null ? null : throw CliException.Usage("--audit-on-failure needs --audit, or a configuration with an audit log.");
        }

        var continues = onFailure is null ? configuration?.Audit?.ContinueOnFailure is true : onFailure is Warn;
        var secrets = (configuration?.Databases.Values.Select(database => database.Password?.Reveal() ?? "") ?? [])
            .Concat(PasswordVariables.Select(name => Environment.GetEnvironmentVariable(name) ?? ""));
        var password = arguments.GetValue(_file) is null ? configuration?.Audit?.Password : null;
        return AuditLog.Open(new(path, continues, password), secrets, message => Console.Error.WriteLine($"taskservices: warning: {CellText.OneLine(message)} [AUDIT_FAILED]"));
    }
}
