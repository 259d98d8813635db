using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TaskServices.Inference.Telemetry;

namespace TaskServices.Inference.Scheduling;

/// <summary>Counts and logs what becomes of requests. Thread safe.</summary>
internal sealed partial class RequestObserver(
    string model, InferenceMetrics? metrics, ILogger logger, TimeProvider time, double costPerHour = 0)
{
    private double _averageServiceSeconds = 1;

    public string Model => model;

    public InferenceMetrics? Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>Gets how long a request holds its slot: a moving average over completed ones, 1 s before the first.</summary>
    public TimeSpan AverageServiceTime => TimeSpan.FromSeconds(Volatile.Read(ref _averageServiceSeconds));

    public void Queued(int change) => metrics?.RecordQueueLength(model, change);

    /// <summary>Notes a sequence's submission and starts its span.</summary>
    public void Submitted(Sequence sequence)
    {
        sequence.SubmittedAt = time.GetTimestamp();
        RequestSpans.Start(sequence, model);
    }

    public void Admitted(Sequence sequence)
    {
        sequence.AdmittedAt = time.GetTimestamp();
        metrics?.RecordAdmission(model);
    }

    public void Reused(Sequence sequence) =>
        metrics?.RecordReuse(Labels(sequence), sequence.PromptLength, sequence.ReusedTokenCount, sequence.KeptPrefixLength);

    /// <summary>Notes the end of a sequence's prefill.</summary>
    public void Prefilled(Sequence sequence) => sequence.PrefilledAt ??= time.GetTimestamp();

    /// <summary>Notes the end of a sequence that ended well, before its caller learns of it.</summary>
    public void Completed(Sequence sequence, string finishReason)
    {
        var usage = Usage(sequence);
        var serviceSeconds = (usage.Duration - (usage.QueueTime ?? TimeSpan.Zero)).TotalSeconds;
        Volatile.Write(ref _averageServiceSeconds, _averageServiceSeconds + (0.1 * (serviceSeconds - _averageServiceSeconds)));
        LogEnd(sequence, () => LogCompleted(
            model, usage.OutputTokens ?? 0, usage.InputTokens, usage.CachedTokens, finishReason, usage.Duration.TotalMilliseconds));
        End(sequence, usage, finishReason, null);
    }

    /// <summary>Ends a sequence with an error.</summary>
    public void Failed(Sequence sequence, Exception exception)
    {
        if (sequence.IsFinished)
            return;
        LogEnd(sequence, () =>
        {
            if (exception is OperationCanceledException)
                LogCancelled(model, sequence.PromptLength);
            else
                LogFailed(model, ReasonOf(exception), exception);
        });
        Refused(sequence, exception);
        sequence.Fail(exception);
    }

    /// <summary>Counts a request that ends with an error; its caller learns of it elsewhere.</summary>
    public void Refused(Sequence sequence, Exception exception) => End(sequence, Usage(sequence), null, ReasonOf(exception));

    public void EngineFailed(Exception exception) => LogEngineFailed(model, exception);

    private static string ReasonOf(Exception exception) => exception switch
    {
        OperationCanceledException => "CANCELLED",
        InferenceException inference => inference.Reason,
        ObjectDisposedException => "ENGINE_STOPPED",
        _ => "INTERNAL",
    };

    private void End(Sequence sequence, in RequestUsage usage, string? finishReason, string? errorReason)
    {
        metrics?.RecordEnd(Labels(sequence), usage, finishReason, errorReason);
        RequestSpans.End(sequence, usage, finishReason, errorReason);
    }

    private RequestLabels Labels(Sequence sequence) => new(sequence.Operation, model, sequence.Adapter?.Name, sequence.Tenant);

    private RequestUsage Usage(Sequence sequence)
    {
        var now = time.GetTimestamp();
        var generated = sequence as GeneratedSequence;
        var outputTokens = generated?.CompletionLength;
        var firstTokenAt = outputTokens > 0 ? generated!.FirstTokenAt : (long?)null;
        return new RequestUsage
        {
            Duration = time.GetElapsedTime(sequence.SubmittedAt, now),
            QueueTime = Between(sequence.SubmittedAt, sequence.AdmittedAt),
            PrefillTime = Between(sequence.AdmittedAt, sequence.PrefilledAt),
            DecodeTime = Between(sequence.PrefilledAt, now),
            TimeToFirstToken = Between(sequence.SubmittedAt, firstTokenAt),
            TimePerOutputToken = outputTokens > 1 ? Between(firstTokenAt, now) / (outputTokens - 1) : null,
            ModelTime = sequence.ModelTime,
            InputTokens = sequence.PromptLength,
            CachedTokens = sequence.ReusedTokenCount,
            OutputTokens = outputTokens,
            ForcedTokens = generated?.ForcedTokenCount ?? 0,
            CostPerHour = costPerHour,
        };
    }

    private TimeSpan? Between(long? start, long? end) => start is { } from && end is { } to ? time.GetElapsedTime(from, to) : null;

    /// <summary>Logs under the request's span, so that the record carries its trace.</summary>
    private static void LogEnd(Sequence sequence, Action log)
    {
        var current = Activity.Current;
        Activity.Current = sequence.Span ?? current;
        log();
        Activity.Current = current;
    }

    [LoggerMessage(
        LogLevel.Information,
        "{Model} completed {CompletionTokenCount} tokens on {PromptTokenCount} ({CachedTokenCount} cached): {FinishReason}, {DurationMs} ms.")]
    private partial void LogCompleted(
        string model, int completionTokenCount, int promptTokenCount, int cachedTokenCount, string finishReason, double durationMs);

    [LoggerMessage(LogLevel.Information, "{Model} dropped a cancelled request of {PromptTokenCount} prompt tokens.")]
    private partial void LogCancelled(string model, int promptTokenCount);

    [LoggerMessage(LogLevel.Warning, "{Model} failed a request: {Reason}.")]
    private partial void LogFailed(string model, string reason, Exception exception);

    [LoggerMessage(LogLevel.Critical, "{Model} stopped: the session fails again and again.")]
    private partial void LogEngineFailed(string model, Exception exception);
}
