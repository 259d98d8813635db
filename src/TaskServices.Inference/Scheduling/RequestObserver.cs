using Microsoft.Extensions.Logging;

namespace TaskServices.Inference.Scheduling;

/// <summary>Counts and logs what becomes of requests. Thread safe.</summary>
internal sealed partial class RequestObserver(string model, InferenceMetrics? metrics, ILogger logger, TimeProvider time)
{
    private double _averageServiceSeconds = 1;

    public string Model => model;

    public InferenceMetrics? Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>Gets how long a request holds its slot: a moving average over completed ones, 1 s before the first.</summary>
    public TimeSpan AverageServiceTime => TimeSpan.FromSeconds(Volatile.Read(ref _averageServiceSeconds));

    public void Queued(int change) => metrics?.RecordQueueLength(model, change);

    public void Admitted(Sequence sequence) => metrics?.RecordAdmission(
        model, sequence.PromptLength, time.GetElapsedTime(sequence.SubmittedAt, sequence.AdmittedAt!.Value));

    public void Reused(Sequence sequence) =>
        metrics?.RecordReuse(model, sequence.PromptLength, sequence.ReusedTokenCount, sequence.KeptPrefixLength);

    public void Completed(Sequence sequence, Completion? completion)
    {
        var duration = time.GetElapsedTime(sequence.SubmittedAt);
        var serviceSeconds = time.GetElapsedTime(sequence.AdmittedAt ?? sequence.SubmittedAt).TotalSeconds;
        Volatile.Write(ref _averageServiceSeconds, _averageServiceSeconds + (0.1 * (serviceSeconds - _averageServiceSeconds)));
        if (completion is null)
        {
            metrics?.RecordEnd(model, true, duration, "scored", null);
            return;
        }

        metrics?.RecordEnd(model, true, duration, completion.FinishReason == FinishReason.Stop ? "stop" : "length", null);
        metrics?.RecordCompletion(model, completion);
        LogCompleted(
            model,
            completion.PromptTokenCount,
            completion.CachedPromptTokenCount,
            completion.TokenIds.Count,
            completion.FinishReason,
            duration.TotalMilliseconds);
    }

    public void Failed(Sequence sequence, Exception exception)
    {
        if (sequence.IsFinished)
            return;
        var reason = exception switch
        {
            OperationCanceledException => "CANCELLED",
            InferenceException inference => inference.Reason,
            _ => "INTERNAL",
        };
        metrics?.RecordEnd(model, sequence.AdmittedAt is not null, time.GetElapsedTime(sequence.SubmittedAt), null, reason);
        sequence.Fail(exception);
        if (exception is OperationCanceledException)
            LogCancelled(model, sequence.PromptLength);
        else
            LogFailed(model, reason, exception);
    }

    public void EngineFailed(Exception exception) => LogEngineFailed(model, exception);

    [LoggerMessage(
        LogLevel.Information,
        "{Model} completed {CompletionTokenCount} tokens on {PromptTokenCount} ({CachedTokenCount} cached): {FinishReason}, {DurationMs} ms.")]
    private partial void LogCompleted(
        string model, int promptTokenCount, int cachedTokenCount, int completionTokenCount, FinishReason finishReason, double durationMs);

    [LoggerMessage(LogLevel.Information, "{Model} dropped a cancelled request of {PromptTokenCount} prompt tokens.")]
    private partial void LogCancelled(string model, int promptTokenCount);

    [LoggerMessage(LogLevel.Warning, "{Model} failed a request: {Reason}.")]
    private partial void LogFailed(string model, string reason, Exception exception);

    [LoggerMessage(LogLevel.Critical, "{Model} stopped: the session fails again and again.")]
    private partial void LogEngineFailed(string model, Exception exception);
}
