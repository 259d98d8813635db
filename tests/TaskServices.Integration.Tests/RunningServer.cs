using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using TaskServices.Cli.Serving;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests;

/// <summary>The server as <c>serve</c> starts it, on free loopback ports, with a client of each kind.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private RunningServer(WebApplication server)
    {
        _server = server;
        var (rest, grpc) = ServerHost.GetAddresses(server);
        Channel = GrpcChannel.ForAddress(grpc);
        Rest = new HttpClient { BaseAddress = rest };
    }

    public GrpcChannel Channel { get; }

    public HttpClient Rest { get; }

    public Proto.TextToSqlService.TextToSqlServiceClient Client => new(Channel);

    public static Task<RunningServer> StartAsync(FakeTextToSql textToSql, Func<string?, string?, Principal>? findPrincipal = null) =>
        StartAsync(_ => Task.FromResult<ITextToSql>(textToSql), waitUntilReady: true, findPrincipal);

    public static Task<RunningServer> StartAsync(
        Func<CancellationToken, Task<ITextToSql>> load, bool waitUntilReady, Func<string?, string?, Principal>? findPrincipal = null) =>
        StartAsync((_, stop) => load(stop), waitUntilReady, findPrincipal);

    public static Task<RunningServer> StartAsync(
        Func<IServiceProvider, CancellationToken, Task<ITextToSql>> load, bool waitUntilReady, Func<string?, string?, Principal>? findPrincipal = null) =>
        StartAsync(load, waitUntilReady, ServerAccess.Local, findPrincipal);

    public static async Task<RunningServer> StartAsync(
        Func<IServiceProvider, CancellationToken, Task<ITextToSql>> load, bool waitUntilReady, ServerAccess access,
        Func<string?, string?, Principal>? findPrincipal = null, double machineCostPerHour = 0)
    {
        var server = ServerHost.Create(port: 0, grpcPort: 0, access, verbose: false, [ServerPart.TextToSql(load, findPrincipal, machineCostPerHour)]);
        await server.StartAsync(TestContext.Current.CancellationToken);
        var running = new RunningServer(server);
        while (waitUntilReady && !(await running.Rest.GetAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken)).IsSuccessStatusCode)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        return running;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Rest.Dispose();
        await _server.DisposeAsync();
    }
}
