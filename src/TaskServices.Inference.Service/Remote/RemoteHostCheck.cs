using Microsoft.Extensions.Diagnostics.HealthChecks;
using TaskServices.ServiceDefaults.Loading;

namespace TaskServices.Inference.Service.Remote;

/// <summary>Says whether the inference host can be reached; a server that depends on it is not ready while it is away.</summary>
internal sealed class RemoteHostCheck(LateLoaded<RemoteInferenceHost> host) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!host.IsLoaded)
            return HealthCheckResult.Unhealthy("There was no connection to the inference host yet.");
        try
        {
            await host.Value.ProbeAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (InferenceException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}
