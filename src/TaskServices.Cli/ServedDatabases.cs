using TaskServices.TextToSql;
using TaskServices.TextToSql.Audit;
using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Cli;

/// <summary>Databases by name with who may read what: from the command line, where everyone reads everything, or from a configuration file.</summary>
internal sealed class ServedDatabases
{
    private readonly IReadOnlyDictionary<string, string> _urls;
    private readonly ServiceConfiguration? _configuration;

    public ServedDatabases(IReadOnlyDictionary<string, string> urls) => _urls = urls;

    public ServedDatabases(ServiceConfiguration configuration)
    {
        _configuration = configuration;
        _urls = configuration.Databases.ToDictionary(pair => pair.Key, pair => pair.Value.Url);
    }

    /// <summary>Gets or sets where questions are recorded; null for nowhere.</summary>
    public AuditLog? Audit { get; set; }

    /// <summary>Gets what finds a principal by its name and tenant; null where none are listed.</summary>
    public Func<string?, string?, Principal>? FindPrincipal => _configuration is null ? null : _configuration.FindPrincipal;

    /// <summary>Lets the task over these databases record its questions, where that was asked for.</summary>
    public ITextToSql Audited(ITextToSql textToSql) => Audit is null ? textToSql : new AuditedTextToSql(textToSql, Audit, _urls);

    /// <summary>Reads the URLs, and checks every grant against the schema of its database.</summary>
    /// <exception cref="TextToSqlException">A URL is malformed or names an engine that is not supported, or a grant does not fit its database.</exception>
    public IReadOnlyDictionary<string, RegisteredUrl> Check() => _urls.ToDictionary(pair => pair.Key, pair =>
    {
        var url = DatabaseUrl.Parse(pair.Value);
        var access = _configuration?.Databases[pair.Key].Access;
        try
        {
            access?.Validate(SqliteSchemaReader.Read(url.Path), url.Dialect);
        }
        catch (TextToSqlException exception) when (exception.Reason is "GRANT_INVALID")
        {
            throw new TextToSqlException(exception.Reason, $"{_configuration!.Path}, databases.{pair.Key}.grants: {exception.Message}", exception);
        }

        return new RegisteredUrl(url, access);
    });
}

/// <summary>Where a database is, and who may read what of it; null for everything to everyone.</summary>
internal sealed record RegisteredUrl(DatabaseUrl Url, DatabaseAccess? Access);
