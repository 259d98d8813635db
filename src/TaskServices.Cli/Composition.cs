using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskServices.Inference;
using TaskServices.Inference.Models;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.Routing;
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
    /// <param name="inference">Settings of the engine; null takes the default, without adapters beyond the choice's own.</param>
    /// <param name="services">A server's services, for metrics and logs; null outside servers.</param>
    /// <exception cref="InferenceException">The model or the adapter cannot be loaded.</exception>
    public static async Task<InferenceHost> OpenModelAsync(
        ModelChoice model,
        ModelSessionOptions options,
        CancellationToken cancellationToken,
        InferenceOptions? inference = null,
        IServiceProvider? services = null)
    {
        var directory = await ImportModelAsync(model, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var host = InferenceHost.Open(
            directory, inference ?? new() { MaxAdapterCount = model.AdapterName is null ? 0 : 1 }, options, services?.GetService<InferenceMetrics>(), services?.GetService<ILoggerFactory>());
        try
        {
            if (model.AdapterName is { } name)
            {
                host.Adapters.Load(name, model.AdapterPath!);
            }
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return host;
    }

    /// <summary>Gets the folder of a model at the bits that commands run it with, importing it on first use.</summary>
    /// <exception cref="InferenceException">The model or the adapter cannot be imported.</exception>
    public static Task<string> ImportModelAsync(ModelChoice model, CancellationToken cancellationToken) =>
        ImportedModel.GetDirectoryAsync(model, DefaultBits, cancellationToken);

    /// <summary>Loads model and adapter and registers the databases, which are opened by their first question.</summary>
    /// <param name="databases">URL of each database by its name.</param>
    /// <exception cref="InferenceException">The model or the adapter cannot be loaded.</exception>
    /// <exception cref="TextToSql.TextToSqlException">A URL is malformed or names an engine that is not supported.</exception>
    public static Task<TextToSqlSession> OpenTextToSqlAsync(
        ModelChoice model, IReadOnlyDictionary<string, string> databases, CancellationToken cancellationToken) =>
        OpenTextToSqlAsync(model, new ServedDatabases(databases), cancellationToken);

    /// <inheritdoc cref="OpenTextToSqlAsync(ModelChoice, IReadOnlyDictionary{string, string}, CancellationToken)"/>
    public static async Task<TextToSqlSession> OpenTextToSqlAsync(ModelChoice model, ServedDatabases databases, CancellationToken cancellationToken)
    {
        var urls = await databases.CheckAsync(cancellationToken);
        var host = await OpenModelAsync(model, new(), cancellationToken);
        var pipeline = CreateTextToSql(host, model.AdapterName, urls);
        return new(databases.Audited(pipeline), pipeline, host);
    }

    /// <summary>Makes the text-to-SQL task over a host, in this process or in another one.</summary>
    /// <param name="adapter">Name of the host's adapter for the task, or null.</param>
    /// <param name="databases">What <see cref="ServedDatabases.CheckAsync"/> gave.</param>
    /// <param name="router">Where unsure questions go; null keeps them here.</param>
    /// <param name="state">What outlives an answer; null keeps it in memory.</param>
    public static TextToSqlPipeline CreateTextToSql(
        IInferenceHost host, string? adapter, IReadOnlyDictionary<string, RegisteredUrl> databases, AnswerState? state = null,
        EndpointRouter? router = null, TextToSqlMetrics? metrics = null)
    {
        var pipeline = new TextToSqlPipeline(host, new() { Adapter = adapter, State = state ?? AnswerState.Open(null), Router = router, Metrics = metrics });
        foreach (var (name, database) in databases)
        {
            pipeline.Register(name, database.Url, database.Access);
        }

        return pipeline;
    }

    /// <summary>Asks the guard about one statement.</summary>
    public static GuardVerdict CheckSql(string statement, SqlDialect dialect, DatabaseSchema schema, AccessGrant grant) =>
        SqlGuard.Check(statement, dialect, schema, grant, GuardOptions.Default).Verdict;
}

/// <summary>The text-to-SQL task and what it keeps loaded.</summary>
internal sealed class TextToSqlSession(ITextToSql textToSql, TextToSqlPipeline pipeline, IAsyncDisposable engine) : IAsyncDisposable
{
    public ITextToSql TextToSql { get; } = textToSql;

    public async ValueTask DisposeAsync()
    {
        await pipeline.DisposeAsync();
        await engine.DisposeAsync();
    }
}
