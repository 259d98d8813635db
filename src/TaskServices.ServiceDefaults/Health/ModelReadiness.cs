using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskServices.ServiceDefaults.Health;

/// <summary>Says whether a service's model is loaded; <c>/readyz</c> and gRPC health ask it.</summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class ModelReadiness : IHealthCheck
{
    private volatile bool _isReady;

    public void SetReady() => _isReady = true;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The model is loading."));
}
