using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TaskServices.Inference.Service;
using TaskServices.Inference.Service.Remote;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Service;

namespace TaskServices.Cli.Serving;

/// <summary>One thing that a server does.</summary>
/// <param name="GrpcServiceNames">Full names of its gRPC services.</param>
/// <param name="Add">Registers what it needs.</param>
/// <param name="Map">Maps its routes.</param>
internal sealed record ServerPart(
    IReadOnlyList<string> GrpcServiceNames, Action<IServiceCollection> Add, Action<IEndpointRouteBuilder> Map)
{
    /// <summary>Answers questions. What is loaded belongs to the caller, here and below.</summary>
    /// <param name="findPrincipal">Finds who asks by the name and tenant that a call gives; null to believe both.</param>
    /// <param name="machineCostPerHour">What an hour of the machine costs; 0 tells no costs.</param>
    public static ServerPart TextToSql(
        Func<IServiceProvider, CancellationToken, Task<ITextToSql>> load, Func<string?, string?, Principal>? findPrincipal = null, double machineCostPerHour = 0) => new(
        [TextToSqlServiceExtensions.GrpcServiceName],
        services => services.AddTextToSqlService(load, findPrincipal, machineCostPerHour),
        routes => routes.MapTextToSqlService());

    /// <summary>Runs a model for others, over gRPC and as OpenAI's API.</summary>
    public static ServerPart Inference(Func<IServiceProvider, CancellationToken, Task<ServedModel>> load) => new(
        [InferenceServiceExtensions.GrpcServiceName],
        services => services.AddInferenceService(load),
        routes => routes.MapInferenceService());

    /// <summary>Connects to a model that another process runs.</summary>
    public static ServerPart RemoteInference(Uri address, string? accessToken, string? cachePath) =>
        new([], services => services.AddRemoteInferenceHost(address, accessToken, cachePath), _ => { });
}
