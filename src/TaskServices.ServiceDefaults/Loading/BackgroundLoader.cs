using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TaskServices.ServiceDefaults.Loading;

/// <summary>Loads while the server already answers health checks; what cannot be loaded stops the server.</summary>
internal sealed partial class BackgroundLoader<T>(
    string name,
    Func<CancellationToken, Task<T>> load,
    LateLoaded<T> target,
    LoadFailure failure,
    IHostApplicationLifetime lifetime,
    ILogger<BackgroundLoader<T>> logger) : BackgroundService
    where T : class
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            target.Set(await Task.Run(() => load(stoppingToken), stoppingToken));
            LogReady(name);
        }
        catch (OperationCanceledException exception) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops before it was ready.
            target.Fail(exception);
        }
        catch (Exception exception)
        {
            failure.Report(exception);
            target.Fail(exception);
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(LogLevel.Information, "{Name} is ready.")]
    private partial void LogReady(string name);
}
