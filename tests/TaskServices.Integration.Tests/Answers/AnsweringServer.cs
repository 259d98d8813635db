using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using TaskServices.Cli.Serving;
using TaskServices.Testing;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.Routing;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Tests.Generation;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests.Answers;

/// <summary>The real server over the real pipeline and Chinook, with a model that writes what the test says.</summary>
internal sealed class AnsweringServer : IAsyncDisposable
{
    private readonly TextToSqlPipeline _pipeline;
    private readonly AnswerState _state;

    private readonly EndpointRouter? _router;

    private AnsweringServer(RunningServer server, TextToSqlPipeline pipeline, AnswerState state, EndpointRouter? router) =>
        (Server, _pipeline, _state, _router) = (server, pipeline, state, router);

    public RunningServer Server { get; }

    public Proto.TextToSqlService.TextToSqlServiceClient Client => Server.Client;

    /// <param name="answer">What the model writes for a question, in compact SQL.</param>
    public static async Task<AnsweringServer> StartAsync(
        Func<string, string> answer, string? stateFolder = null, DatabaseAccess? access = null, Func<string?, string?, Principal>? findPrincipal = null,
        double machineCostPerHour = 0, Func<ITextToSql, ITextToSql>? wrap = null, EndpointOptions? routing = null)
    {
        var state = AnswerState.Open(stateFolder);
        TextToSqlPipeline? pipeline = null;
        EndpointRouter? router = null;
        var server = await RunningServer.StartAsync(
            (services, _) =>
            {
                var metrics = services.GetRequiredService<TextToSqlMetrics>();
                router = routing is null ? null : new(routing, metrics);
                pipeline = new TextToSqlPipeline(new AnsweringHost(answer), new() { State = state, Router = router, Metrics = metrics });
                pipeline.Register("chinook", DatabaseUrl.Parse("sqlite:" + TestFiles.InRepository("examples", "chinook", "Chinook_Sqlite.sqlite")), access);
                return Task.FromResult(wrap is null ? pipeline : wrap(pipeline));
            },
            waitUntilReady: true, ServerAccess.Local, findPrincipal, machineCostPerHour);
        return new(server, pipeline!, state, router);
    }

    public async Task<List<Proto.AskResponse>> AskAsync(Proto.AskRequest request, Metadata? headers = null)
    {
        using var call = Client.Ask(request, headers, cancellationToken: TestContext.Current.CancellationToken);
        return await call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _pipeline.DisposeAsync();
        _state.Dispose();
        _router?.Dispose();
    }
}
