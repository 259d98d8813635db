using System.Collections.Concurrent;
using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using TaskServices.Cli.Commands;
using TaskServices.Inference;
using TaskServices.Inference.Models;
using TaskServices.Inference.Service;
using TaskServices.Inference.Service.Remote;
using TaskServices.ServiceDefaults.Loading;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.Routing;
using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Cli.Serving;

/// <summary>What <c>serve</c> serves, by its role; disposes what was loaded, after the server.</summary>
internal sealed class ServerRole : IAsyncDisposable
{
    public const string All = "all";
    public const string TextToSql = "text-to-sql";
    public const string Inference = "inference";

    /// <summary>The bundled adapter's name, and so the one that a shared host is asked for.</summary>
    private const string DefaultAdapterName = "text-to-sql";

    private readonly ConcurrentStack<IAsyncDisposable> _loaded = [];

    private readonly InferenceOptions _inference;

    private AnswerState? _state;

    private ServerRole(InferenceOptions inference) => _inference = inference;

    public IReadOnlyList<ServerPart> Parts { get; private set; } = [];

    /// <summary>Gets or sets what a model of this process runs on; read when it is loaded, after the server has started.</summary>
    public ModelSessionOptions Session { get; set; } = new();

    /// <summary>Checks that the options go together, before anything is loaded.</summary>
    /// <exception cref="CliException">They do not.</exception>
    public static ServerRole Create(
        string role, IReadOnlyCollection<string> databases, ServiceConfiguration? configuration, string? inferenceUrl, string? inferenceTokenFile,
        string? adapterFolder, string? stateFolder, EndpointOptions? endpoint, InferenceOptions options, ModelOptions model, AuditOptions audit, ParseResult arguments)
    {
        if (inferenceUrl is not null && role is not TextToSql)
        {
            throw CliException.Usage($"--inference needs --role {TextToSql}; the role '{role}' runs the model itself.");
        }

        if (inferenceTokenFile is not null && inferenceUrl is null)
        {
            throw CliException.Usage("--inference-token-file needs --inference, the host that asks for the token.");
        }

        if (adapterFolder is not null && role is TextToSql)
        {
            throw CliException.Usage($"--adapters needs --role {Inference} or {All}; the role '{role}' serves no model to others.");
        }

        if (databases.Count > 0 && role is Inference)
        {
            throw CliException.Usage($"--database needs --role {TextToSql} or {All}; the role '{role}' asks no database.");
        }

        if (adapterFolder is not null && !Directory.Exists(adapterFolder))
        {
            throw CliException.Environment("FOLDER_NOT_FOUND", $"{adapterFolder}: no such folder. Check --adapters.");
        }

        if (configuration is not null && (role is Inference || databases.Count > 0))
        {
            throw CliException.Usage(role is Inference
                ? $"--config needs --role {TextToSql} or {All}; the role '{role}' asks no database."
                : "--database and --config cannot be given together: the file lists the databases.");
        }

        var served = configuration is null ? new ServedDatabases(DatabaseList.Parse(databases)) : new ServedDatabases(configuration);
        if (audit.IsGiven(arguments) && role is Inference)
        {
            throw CliException.Usage($"--audit needs --role {TextToSql} or {All}; the role '{role}' is asked no questions.");
        }

        if (stateFolder is not null && role is Inference)
        {
            throw CliException.Usage($"--state needs --role {TextToSql} or {All}; the role '{role}' keeps nothing.");
        }

        served.Audit = audit.Open(arguments, configuration);
        served.State = AnswerState.Open(stateFolder);
        served.Endpoint = endpoint;
        var serving = new ServerRole(options) { _state = served.State };
        serving.Parts = (role, inferenceUrl) switch
        {
            (Inference, _) => [serving.SharedModel(model.ReadShared(arguments), adapterFolder)],
            (All, _) =>
            [
                serving.SharedModel(model.ReadShared(arguments), adapterFolder),
                serving.OverSharedModel(model.ReadShared(arguments).LoadedAdapterPath, served),
            ],
            (_, null) => [serving.TextToSqlAlone(model.Read(arguments), served)],
            _ => serving.OverRemoteModel(
                ParseAddress(inferenceUrl), inferenceTokenFile is null ? null : ServerAccess.ReadTokens(inferenceTokenFile)[0], model.ReadRemote(arguments), served),
        };
        return serving;
    }

    public async ValueTask DisposeAsync()
    {
        while (_loaded.TryPop(out var loaded))
        {
            await loaded.DisposeAsync();
        }

        _state?.Dispose();
    }

    private static Uri ParseAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.PathAndQuery is "/"
            ? address
            : throw CliException.Usage($"--inference must be the address of a gRPC port, for example http://127.0.0.1:8081; it is '{url}'.");

    private static string NameOf(string adapterPath) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(adapterPath)));

    /// <summary>One base model for every task, with adapters loaded beside it, or with the one that was named merged into it.</summary>
    private ServerPart SharedModel(SharedModelChoice model, string? adapterFolder) => ServerPart.Inference(async (provider, cancellationToken) =>
    {
        var host = await OpenAsync(model.Model);
        try
        {
            var served = ServedModel.Create(host, adapterFolder);
            if (model.LoadedAdapterPath is { } path)
            {
                host.Adapters.Load(NameOf(path), path);
            }

            Keep(host);
            return served;
        }
        catch (InferenceException exception) when (exception.Reason is "ADAPTER_UNSUPPORTED" && adapterFolder is null)
        {
            // A device takes adapters only merged; nobody asked for anything else.
            await host.DisposeAsync();
            return ServedModel.Create(Keep(await OpenAsync(model.Model with { AdapterPath = model.LoadedAdapterPath })), adapterFolder: null);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        Task<InferenceHost> OpenAsync(ModelChoice choice) => Composition.OpenModelAsync(choice, Session, cancellationToken, _inference, provider);
    });

    private ServerPart TextToSqlAlone(ModelChoice model, ServedDatabases databases) =>
        ServerPart.TextToSql(async (provider, cancellationToken) =>
        {
            var urls = await databases.CheckAsync(cancellationToken);
            var host = Keep(await Composition.OpenModelAsync(model, Session, cancellationToken, _inference, provider));
            return Open(host, null, urls, databases, provider);
        }, databases.FindPrincipal, _inference.MachineCostPerHour);

    private ServerPart OverSharedModel(string? adapterPath, ServedDatabases databases) =>
        ServerPart.TextToSql(async (provider, cancellationToken) =>
        {
            var urls = await databases.CheckAsync(cancellationToken);
            var served = await provider.GetRequiredService<LateLoaded<ServedModel>>().WaitAsync(cancellationToken);
            var adapter = adapterPath is null || served.Host.Model.MergedAdapterSha256 is not null ? null : NameOf(adapterPath);
            return Open(served.Host, adapter, urls, databases, provider);
        }, databases.FindPrincipal, _inference.MachineCostPerHour);

    private ServerPart[] OverRemoteModel(
        Uri address, string? accessToken, (string? AdapterName, string? CachePath) options, ServedDatabases databases) =>
    [
        ServerPart.RemoteInference(address, accessToken, options.CachePath),
        ServerPart.TextToSql(async (provider, cancellationToken) =>
        {
            var urls = await databases.CheckAsync(cancellationToken);
            var host = Keep(await provider.GetRequiredService<LateLoaded<RemoteInferenceHost>>().WaitAsync(cancellationToken));
            return Open(host, await FindAdapterAsync(host, options.AdapterName, cancellationToken), urls, databases, provider);
        }, databases.FindPrincipal, _inference.MachineCostPerHour),
    ];

    private ITextToSql Open(IInferenceHost host, string? adapter, IReadOnlyDictionary<string, RegisteredUrl> urls, ServedDatabases databases, IServiceProvider provider)
    {
        var metrics = provider.GetRequiredService<TextToSqlMetrics>();
        var router = databases.Endpoint is { } endpoint ? new EndpointRouter(endpoint, metrics) : null;
        if (router is not null)
        {
            Keep(new Disposal(router));
        }

        return databases.Audited(Keep(Composition.CreateTextToSql(host, adapter, urls, databases.State, router, metrics)));
    }

    /// <summary>Makes sure that the host has the task's adapter. A model with an adapter merged is that of the task already.</summary>
    private static async Task<string?> FindAdapterAsync(RemoteInferenceHost host, string? name, CancellationToken cancellationToken)
    {
        name ??= host.Model.MergedAdapterSha256 is null ? DefaultAdapterName : ModelChoice.NoAdapter;
        if (name is ModelChoice.NoAdapter)
        {
            return null;
        }

        if (!(await host.ListAdaptersAsync(cancellationToken)).Contains(name))
        {
            await host.LoadAdapterAsync(name, sha256: null, cancellationToken);
        }

        return name;
    }

    private T Keep<T>(T loaded)
        where T : IAsyncDisposable
    {
        _loaded.Push(loaded);
        return loaded;
    }

    private sealed class Disposal(IDisposable loaded) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            loaded.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
