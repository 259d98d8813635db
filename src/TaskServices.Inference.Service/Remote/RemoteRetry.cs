using Polly;
using Polly.Retry;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Service.Remote;

/// <summary>Tries again what failed because the host was away or busy, as the host's hints say, for some seconds at most.</summary>
internal static class RemoteRetry
{
    private const int MaxRetryAttempts = 4;

    /// <summary>A longer hint is the caller's to follow: it may have something better to do.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    public static ResiliencePipeline Pipeline { get; } = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception && IsWorthRetrying(exception)),
            MaxRetryAttempts = MaxRetryAttempts,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            UseJitter = true,
            DelayGenerator = arguments => ValueTask.FromResult(HintOf(arguments.Outcome.Exception!)),
        })
        .Build();

    private static bool IsWorthRetrying(Exception exception) =>
        exception is EngineBusyException or RemoteHostException && (HintOf(exception) is not { } hint || hint <= LongestDelay);

    private static TimeSpan? HintOf(Exception exception) => exception switch
    {
        EngineBusyException busy => busy.RetryAfter,
        RemoteHostException away => away.RetryAfter,
        _ => null,
    };
}
