using TaskServices.Inference;
using TaskServices.Inference.Models;
using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.Cli;

/// <summary>Builds the domain objects from the command line's options. The only place that knows how they fit together.</summary>
internal static class Composition
{
    private const int DefaultBits = 8;

    /// <summary>Loads a model and its adapter, importing them on first use.</summary>
    /// <exception cref="InferenceException">The model or the adapter cannot be loaded.</exception>
    public static async Task<InferenceHost> OpenModelAsync(ModelChoice model, ModelSessionOptions options, CancellationToken cancellationToken)
    {
        var directory = await ImportedModel.GetDirectoryAsync(model, DefaultBits, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return InferenceHost.Open(directory, new InferenceOptions(), options);
    }

    /// <summary>Loads model and adapter and registers the databases, which are opened by their first question.</summary>
    /// <param name="databases">URL of each database by its name.</param>
    /// <exception cref="InferenceException">The model or the adapter cannot be loaded.</exception>
    /// <exception cref="TextToSql.TextToSqlException">A URL is malformed or names an engine that is not supported.</exception>
    public static async Task<TextToSqlSession> OpenTextToSqlAsync(
        ModelChoice model, IReadOnlyDictionary<string, string> databases, CancellationToken cancellationToken)
    {
        var urls = databases.ToDictionary(pair => pair.Key, pair => (Url: DatabaseUrl.Parse(pair.Value), Access: (DatabaseAccess?)null));
        return await OpenTextToSqlAsync(model, urls, cancellationToken);
    }

    /// <summary>Loads model and adapter and registers the databases of a configuration, with its grants.</summary>
    /// <exception cref="InferenceException">The model or the adapter cannot be loaded.</exception>
    /// <exception cref="TextToSql.TextToSqlException">A URL is malformed or names an engine that is not supported, or a grant does not fit its database.</exception>
    public static async Task<TextToSqlSession> OpenTextToSqlAsync(ModelChoice model, ServiceConfiguration configuration, CancellationToken cancellationToken)
    {
        var urls = configuration.Databases.ToDictionary(pair => pair.Key, pair => (Url: DatabaseUrl.Parse(pair.Value.Url), Access: (DatabaseAccess?)pair.Value.Access));
        foreach (var (name, (url, access)) in urls)
        {
            try
            {
                access!.Validate(SqliteSchemaReader.Read(url.Path), url.Dialect);
            }
            catch (TextToSql.TextToSqlException exception) when (exception.Reason is "GRANT_INVALID")
            {
                throw new TextToSql.TextToSqlException(exception.Reason, $"{configuration.Path}, databases.{name}.grants: {exception.Message}", exception);
            }
        }

        return await OpenTextToSqlAsync(model, urls, cancellationToken);
    }

    private static async Task<TextToSqlSession> OpenTextToSqlAsync(
        ModelChoice model, Dictionary<string, (DatabaseUrl Url, DatabaseAccess? Access)> databases, CancellationToken cancellationToken)
    {
        var host = await OpenModelAsync(model, new(), cancellationToken);
        var pipeline = new TextToSqlPipeline(host, new());
        foreach (var (name, (url, access)) in databases)
        {
            pipeline.Register(name, url, access);
        }

        return new(pipeline, host);
    }

    /// <summary>Asks the guard about one statement.</summary>
    public static GuardVerdict CheckSql(string statement, SqlDialect dialect, DatabaseSchema schema, AccessGrant grant) =>
        SqlGuard.Check(statement, dialect, schema, grant, GuardOptions.Default).Verdict;
}

/// <summary>The text-to-SQL task and what it keeps loaded.</summary>
internal sealed class TextToSqlSession(ITextToSql textToSql, IAsyncDisposable engine) : IAsyncDisposable
{
    public ITextToSql TextToSql { get; } = textToSql;

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
