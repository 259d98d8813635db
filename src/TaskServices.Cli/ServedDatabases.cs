using TaskServices.TextToSql;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.Routing;
using TaskServices.TextToSql.Audit;
using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Cli;

/// <summary>Databases by name with who may read what: from the command line, where everyone reads everything, or from a configuration file.</summary>
internal sealed class ServedDatabases
{
    /// <summary>Longest time for reading a schema.</summary>
    public static readonly TimeSpan SchemaTime = TimeSpan.FromSeconds(30);

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

    /// <summary>Gets or sets what outlives an answer.</summary>
    public AnswerState State { get; set; } = AnswerState.Open(null);

    /// <summary>Gets or sets the endpoint that unsure questions go to; null keeps them here.</summary>
    public EndpointOptions? Endpoint { get; set; }

    /// <summary>Gets what finds a principal by its name and tenant; null where none are listed.</summary>
    public Func<string?, string?, Principal>? FindPrincipal => _configuration is null ? null : _configuration.FindPrincipal;

    /// <summary>Lets the task over these databases record its questions, where that was asked for.</summary>
    public ITextToSql Audited(ITextToSql textToSql) => Audit is null ? textToSql : new AuditedTextToSql(textToSql, Audit, _urls);

    /// <summary>Reads the URLs, and checks every grant against the schema of its database.</summary>
    /// <exception cref="TextToSqlException">
    /// A URL is malformed or names an engine that is not supported, a database with grants cannot be read, or a grant does not fit its database.
    /// </exception>
    public async Task<IReadOnlyDictionary<string, RegisteredUrl>> CheckAsync(CancellationToken cancellationToken)
    {
        var checkedUrls = new Dictionary<string, RegisteredUrl>();
        foreach (var (name, text) in _urls)
        {
            var configured = _configuration?.Databases[name];
            var url = DatabaseUrl.Parse(text, configured?.Password);
            if (configured is not null)
                await CheckGrantsAsync(configured, url, cancellationToken);
            checkedUrls[name] = new(url, configured?.Access);
        }

        return checkedUrls;
    }

    private async Task CheckGrantsAsync(ConfiguredDatabase database, DatabaseUrl url, CancellationToken cancellationToken)
    {
        try
        {
            await using var executor = QueryExecutors.Create(url);
            database.Access.Validate(await executor.ReadSchemaAsync(database.Name, SchemaTime, cancellationToken), url.Dialect);
        }
        catch (TextToSqlException exception) when (exception.Reason is "GRANT_INVALID")
        {
            throw new TextToSqlException(exception.Reason, $"{_configuration!.Path}, databases.{database.Name}.grants: {exception.Message}", exception);
        }
    }
}

/// <summary>Where a database is, and who may read what of it; null for everything to everyone.</summary>
internal sealed record RegisteredUrl(DatabaseUrl Url, DatabaseAccess? Access);
