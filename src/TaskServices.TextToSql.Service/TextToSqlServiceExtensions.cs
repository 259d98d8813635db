using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TaskServices.ServiceDefaults.Errors;
using TaskServices.ServiceDefaults.Loading;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.TextToSql.Service;

/// <summary>Registration of the text-to-SQL service.</summary>
public static class TextToSqlServiceExtensions
{
    /// <summary>Full gRPC name of the service, as health checks spell it.</summary>
    public static string GrpcServiceName { get; } = Proto.TextToSqlService.Descriptor.FullName;

    /// <summary>Adds the service. The service defaults are to be added as well.</summary>
    /// <param name="load">Loads the model and opens the databases; called once, in the background. The caller disposes what it makes.</param>
    /// <param name="findPrincipal">Finds who asks by the name and tenant that a call gives; null to believe both.</param>
    /// <param name="machineCostPerHour">What an hour of the machine costs, in any currency; 0 tells no costs.</param>
    public static IServiceCollection AddTextToSqlService(
        this IServiceCollection services, Func<IServiceProvider, CancellationToken, Task<ITextToSql>> load, Func<string?, string?, Principal>? findPrincipal = null,
        double machineCostPerHour = 0)
    {
        services.AddSingleton(new AnswerCost(machineCostPerHour));
        services.AddSingleton(new CallPrincipal(findPrincipal ?? CallPrincipal.Unlisted));
        services.AddSingleton(new ServiceErrors(GrpcServiceName, TextToSqlErrors.ToRpcError));
        return services.AddBackgroundLoad("Text-to-SQL", load);
    }

    /// <summary>Maps the service's gRPC methods and their REST routes.</summary>
    public static void MapTextToSqlService(this IEndpointRouteBuilder endpoints) => endpoints.MapGrpcService<TextToSqlGrpcService>();
}
