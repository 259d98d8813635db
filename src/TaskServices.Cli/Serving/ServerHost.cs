using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskServices.Inference;
using TaskServices.ServiceDefaults;
using TaskServices.ServiceDefaults.Access;
using TaskServices.TextToSql.Answers;

namespace TaskServices.Cli.Serving;

/// <summary>Services in one process: REST on one port, gRPC without TLS (h2c) on another.</summary>
internal static class ServerHost
{
    // Longer than any query may run, so that a stop lets running calls end.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(40);

    /// <param name="port">REST port; 0 lets the system choose.</param>
    /// <param name="grpcPort">gRPC port; 0 lets the system choose.</param>
    public static WebApplication Create(int port, int grpcPort, ServerAccess access, bool verbose, IReadOnlyList<ServerPart> parts)
    {
        // Nothing but the command line configures this server: no appsettings.json of the folder that it happens to start in.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(access.Address, port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(access.Address, grpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainTimeout);
        // The command line handles signals.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        // A web page elsewhere whose name points to this machine gets no answer (DNS rebinding); with tokens it has none.
        builder.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = access.Tokens is null ? ["localhost", "127.0.0.1", "[::1]"] : ["*"]);
        ConfigureLogging(builder.Logging, verbose);
        builder.Services.AddServiceDefaults(["", .. parts.SelectMany(part => part.GrpcServiceNames)]);
        builder.Services.AddSingleton<InferenceMetrics>();
        builder.Services.AddSingleton<TextToSqlMetrics>();
        foreach (var part in parts)
        {
            part.Add(builder.Services);
        }

        var server = builder.Build();
        server.UseHostFiltering();
        if (access.Tokens is { } tokens)
        {
            server.UseAccessTokens(tokens);
        }

        server.MapServiceDefaults();
        foreach (var part in parts)
        {
            part.Map(server);
        }

        return server;
    }

    /// <summary>Gets where a started server listens.</summary>
    public static (Uri RestAddress, Uri GrpcAddress) GetAddresses(WebApplication server)
    {
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => new Uri(address)).ToArray();
        return (addresses[0], addresses[1]);
    }

    private static void ConfigureLogging(ILoggingBuilder logging, bool verbose)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        // stdout belongs to answers.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Information);
        if (!verbose)
        {
            logging.AddFilter("Microsoft", LogLevel.Warning);
            // A server that cannot start is reported by the command itself, in one line.
            logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            logging.AddFilter("Grpc", LogLevel.Warning);
            // A probe that comes before the model is loaded is no error.
            logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
