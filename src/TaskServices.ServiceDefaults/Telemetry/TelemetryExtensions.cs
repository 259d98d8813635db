using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TaskServices.ServiceDefaults.Telemetry;

/// <summary>
/// OpenTelemetry of every service: metrics for Prometheus to fetch, and metrics and traces sent by OTLP where the environment names an end
/// point. None of them has text of a question or an answer.
/// </summary>
internal static class TelemetryExtensions
{
    /// <summary>The environment variable whose presence turns the sending on; the exporter reads it and its siblings itself.</summary>
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Meters and activity sources of this house begin so.</summary>
    private const string OwnNames = "TaskServices.*";

    public static void AddTelemetry(this IServiceCollection services)
    {
        var sends = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable));
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService("taskservices", serviceVersion: Assembly.GetEntryAssembly()?.GetName().Version?.ToString())
                .AddEnvironmentVariableDetector()) // OTEL_SERVICE_NAME goes before the name above.
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(OwnNames, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
                metrics.AddPrometheusExporter();
                if (sends)
                    metrics.AddOtlpExporter();
            });
        if (sends)
            telemetry.WithTracing(tracing => tracing.AddSource(OwnNames).AddAspNetCoreInstrumentation().AddOtlpExporter());
    }
}
