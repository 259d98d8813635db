using System.Net;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Service;

namespace TaskServices.Integration.Tests;

public sealed class HealthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readiness_WhileLoading_IsFalseAndTrueAfterwards()
    {
        var loaded = new TaskCompletionSource<ITextToSql>();
        await using var server = await RunningServer.StartAsync(_ => loaded.Task, waitUntilReady: false);
        var health = new Health.HealthClient(server.Channel);

        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, "/healthz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(server, "/readyz"));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await CheckAsync(health, ""));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.ListSchemasAsync(new(), cancellationToken: Cancellation));
        Assert.Equal((StatusCode.Unavailable, "MODEL_LOADING"), (error.StatusCode, error.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        Assert.NotNull(error.GetRpcStatus()!.GetDetail<RetryInfo>());

        loaded.SetResult(new FakeTextToSql());
        while (await GetAsync(server, "/readyz") != HttpStatusCode.OK)
        {
            await Task.Delay(10, Cancellation);
        }

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await CheckAsync(health, ""));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await CheckAsync(health, TextToSqlServiceExtensions.GrpcServiceName));
        Assert.Equal([FakeTextToSql.Database], (await server.Client.ListSchemasAsync(new(), cancellationToken: Cancellation)).SchemaIds);
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFound()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        var error = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(new Health.HealthClient(server.Channel), "nothing"));

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Reflection_ListServices_HasTextToSql()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());
        using var call = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo(cancellationToken: Cancellation);

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, Cancellation);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));

        Assert.Contains(
            TextToSqlServiceExtensions.GrpcServiceName, call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name));
    }

    private static async Task<HttpStatusCode> GetAsync(RunningServer server, string path)
    {
        using var response = await server.Rest.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return response.StatusCode;
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> CheckAsync(Health.HealthClient health, string service) =>
        (await health.CheckAsync(new HealthCheckRequest { Service = service }, cancellationToken: Cancellation)).Status;
}
