using Microsoft.Extensions.Diagnostics.HealthChecks;
using TaskServices.ServiceDefaults.Loading;

namespace TaskServices.Inference.Service;

/// <summary>Says whether the engine takes requests; one that has stopped after repeated failures needs a restart of the process.</summary>
internal sealed class EngineCheck(LateLoaded<ServedModel> served) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(served.IsLoaded && !served.Value.Host.Engine.IsRunning
            ? HealthCheckResult.Unhealthy("The engine has stopped; the log says why.")
            : HealthCheckResult.Healthy());
}
