using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskServices.ServiceDefaults.Health;
using TaskServices.TextToSql.Generation;

namespace TaskServices.TextToSql.Service;

/// <summary>Loads the model while the server already answers health checks; a model that cannot be loaded stops the server.</summary>
internal sealed partial class TextToSqlLoader(
    Func<CancellationToken, Task<ITextToSql>> load,
    TextToSqlSource source,
    ModelReadiness readiness,
    IHostApplicationLifetime lifetime,
    ILogger<TextToSqlLoader> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            source.Set(await Task.Run(() => load(stoppingToken), stoppingToken));
            readiness.SetReady();
            LogReady();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops before it was ready.
        }
        catch (Exception exception)
        {
            source.Failure = exception;
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(LogLevel.Information, "Text-to-SQL is ready.")]
    private partial void LogReady();
}
