using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskServices.ServiceDefaults.Loading;

namespace TaskServices.Inference.Service.Remote;

/// <summary>Registration of a host in another process.</summary>
public static class RemoteHostExtensions
{
    /// <summary>Connects in the background; readiness follows the host from then on..</summary>
    /// <param name="accessToken">As for <see cref="RemoteInferenceHost.ConnectAsync"/>.</param>
    /// <param name="cacheFolder">As for <see cref="RemoteInferenceHost.ConnectAsync"/>.</param>
    public static IServiceCollection AddRemoteInferenceHost(this IServiceCollection services, Uri address, string? accessToken, string? cacheFolder)
    {
        services.AddBackgroundLoad("Inference host", (provider, cancellationToken) => RemoteInferenceHost.ConnectAsync(
            address, accessToken, cacheFolder, provider.GetRequiredService<ILogger<RemoteInferenceHost>>(), cancellationToken));
        services.AddHealthChecks().AddCheck<RemoteHostCheck>("Inference host connection");
        return services;
    }
}
