using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TaskServices.Cli;
using TaskServices.Cli.Serving;
using TaskServices.Inference;
using TaskServices.Inference.Models;
using TaskServices.Inference.Service;
using TaskServices.Inference.Service.Remote;
using TaskServices.ServiceDefaults.Loading;
using TaskServices.Testing;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Integration.Tests.Inference;

/// <summary>The bundled model as <c>serve --role inference</c> serves it, in this process, with clients of each kind. Shared by a class.</summary>
public sealed class InferenceServer : IAsyncLifetime
{
    /// <summary>More requests than this wait or run at once, and one more is refused.</summary>
    public const int QueueCapacity = 8;

    public const int SlotCount = 4;

    private readonly string _adapterFolder = Directory.CreateTempSubdirectory("taskservices-adapters-").FullName;
    private WebApplication _server = null!;

    public InferenceHost Host { get; private set; } = null!;

    public HttpClient Rest { get; private set; } = null!;

    public GrpcChannel Channel { get; private set; } = null!;

    internal RemoteInferenceHost Remote { get; private set; } = null!;

    public Proto.InferenceService.InferenceServiceClient Client => new(Channel);

    public string ModelName => Host.Model.Name;

    public async ValueTask InitializeAsync()
    {
        var directory = await Composition.ImportModelAsync(ModelChoice.From(model: null, ModelChoice.NoAdapter, cache: null), CancellationToken.None);
        Host = InferenceHost.Open(
            directory, new InferenceOptions { QueueCapacity = QueueCapacity }, new ModelSessionOptions { SlotCount = SlotCount, SlotCapacity = 512 });
        _server = ServerHost.Create(
            port: 0, grpcPort: 0, ServerAccess.Local, verbose: false, [ServerPart.Inference((_, _) => Task.FromResult(ServedModel.Create(Host, _adapterFolder)))]);
        await _server.StartAsync();
        await _server.Services.GetRequiredService<LateLoaded<ServedModel>>().WaitAsync(CancellationToken.None);
        var (rest, grpc) = ServerHost.GetAddresses(_server);
        Rest = new HttpClient { BaseAddress = rest };
        Channel = GrpcChannel.ForAddress(grpc);
        Remote = await RemoteInferenceHost.ConnectAsync(
            grpc, accessToken: null, Path.Combine(_adapterFolder, ".cache"), NullLogger<RemoteInferenceHost>.Instance, CancellationToken.None);
    }

    /// <summary>Puts the bundled adapter into the server's adapter folder under a name.</summary>
    public void AddAdapter(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_adapterFolder, name)).FullName;
        foreach (var file in Directory.GetFiles(TestFiles.InRepository("models", "text-to-sql"), "adapter_*"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Remote.DisposeAsync();
        Channel.Dispose();
        Rest.Dispose();
        await _server.DisposeAsync();
        await Host.DisposeAsync();
        Directory.Delete(_adapterFolder, recursive: true);
    }
}
