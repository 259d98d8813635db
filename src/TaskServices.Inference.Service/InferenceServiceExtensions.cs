using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TaskServices.Inference.Service.OpenAi;
using TaskServices.ServiceDefaults.Errors;
using TaskServices.ServiceDefaults.Loading;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Inference.Service;

/// <summary>Registration of the inference service.</summary>
public static class InferenceServiceExtensions
{
    /// <summary>Gets the full gRPC name of the service, as health checks spell it.</summary>
    public static string GrpcServiceName { get; } = Proto.InferenceService.Descriptor.FullName;

    /// <summary>Adds the service. The service defaults are to be added as well.</summary>
    /// <param name="load">Loads the model; called once, in the background. The caller disposes what it makes.</param>
    public static IServiceCollection AddInferenceService(
        this IServiceCollection services, Func<IServiceProvider, CancellationToken, Task<ServedModel>> load)
    {
        services.AddSingleton(new ServiceErrors(GrpcServiceName, InferenceErrors.ToRpcError));
        services.AddBackgroundLoad("Inference", load);
        services.AddHealthChecks().AddCheck<EngineCheck>("Inference engine");
        return services;
    }

    /// <summary>Maps the service's gRPC methods and the routes of OpenAI's API.</summary>
    public static void MapInferenceService(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<InferenceGrpcService>();
        OpenAiEndpoints.Map(endpoints);
    }
}
