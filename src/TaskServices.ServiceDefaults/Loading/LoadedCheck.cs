using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskServices.ServiceDefaults.Loading;

/// <summary>Says whether loading has ended; <c>/readyz</c> and gRPC health ask it.</summary>
internal sealed class LoadedCheck<T>(LateLoaded<T> loaded) : IHealthCheck
    where T : class
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(loaded.IsLoaded ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The model is loading."));
}
