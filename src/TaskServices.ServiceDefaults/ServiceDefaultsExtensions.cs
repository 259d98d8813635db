using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TaskServices.ServiceDefaults.Errors;
using TaskServices.ServiceDefaults.Loading;
using TaskServices.ServiceDefaults.Telemetry;

namespace TaskServices.ServiceDefaults;

/// <summary>What every service of this house has: error mapping, health, reflection, JSON transcoding, telemetry.</summary>
public static class ServiceDefaultsExtensions
{
    // Watchers of gRPC health learn of a change after this time at most.
    private static readonly TimeSpan HealthPublishPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Adds gRPC with the defaults. Services add <see cref="ServiceErrors"/> for their own exceptions.</summary>
    /// <param name="grpcServiceNames">Full names of the services whose health follows the server's health checks.</param>
    public static IServiceCollection AddServiceDefaults(this IServiceCollection services, params string[] grpcServiceNames)
    {
        services.AddGrpc(options => options.Interceptors.Add<ExceptionInterceptor>())
            // Any-typed error details become JSON only where their types are known.
            .AddJsonTranscoding(options => options.TypeRegistry = TypeRegistry.FromFiles(ErrorInfo.Descriptor.File));
        services.AddGrpcReflection();
        services.AddTelemetry();
        services.AddSingleton<LoadFailure>();
        services.Configure<HealthCheckPublisherOptions>(options =>
        {
            options.Delay = TimeSpan.Zero;
            options.Period = HealthPublishPeriod;
        });
        services.AddGrpcHealthChecks(options =>
        {
            foreach (var name in grpcServiceNames)
            {
                options.Services.Map(name, _ => true);
            }
        });
        return services;
    }

    /// <summary>Maps gRPC health and reflection, <c>/healthz</c> (the process is up), <c>/readyz</c> (the model is ready), <c>/metrics</c> (Prometheus).</summary>
    public static void MapServiceDefaults(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcHealthChecksService();
        endpoints.MapGrpcReflectionService();
        endpoints.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false });
        endpoints.MapHealthChecks("/readyz");
        endpoints.MapPrometheusScrapingEndpoint("/metrics");
    }
}
