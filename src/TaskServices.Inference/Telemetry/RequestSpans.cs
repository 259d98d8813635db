using System.Diagnostics;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Telemetry;

/// <summary>
/// The spans of a request: one for the whole, under the caller's, and below it those of the queue, the prefill and the decoding. They carry
/// counts and settings, never text.
/// </summary>
internal static class RequestSpans
{
    private static readonly ActivitySource Source = new(InferenceTracing.SourceName);

    /// <summary>Starts the request's span where somebody listens. It does not become the caller's current one.</summary>
    public static void Start(Sequence sequence, string model)
    {
        if (!Source.HasListeners())
            return;
        var current = Activity.Current;
        var span = Source.StartActivity($"{sequence.Operation} {model}", ActivityKind.Internal);
        Activity.Current = current;
        if (span is null)
            return;
        span.SetTag("gen_ai.operation.name", sequence.Operation);
        span.SetTag("gen_ai.provider.name", "taskservices");
        span.SetTag("gen_ai.request.model", model);
        span.SetTag("taskservices.adapter", sequence.Adapter?.Name);
        span.SetTag("taskservices.tenant", sequence.Tenant);
        if (sequence is GeneratedSequence generated)
        {
            span.SetTag("gen_ai.request.max_tokens", generated.Budget);
            span.SetTag("gen_ai.request.temperature", generated.Sampling.Temperature);
            span.SetTag("gen_ai.request.top_p", generated.Sampling.TopP);
            span.SetTag("gen_ai.request.seed", unchecked((long)generated.Sampling.Seed));
        }

        sequence.Span = span;
    }

    /// <summary>Ends the request's span and adds those of its parts.</summary>
    public static void End(Sequence sequence, in RequestUsage usage, string? finishReason, string? errorReason)
    {
        if (sequence.Span is not { } span)
            return;
        var current = Activity.Current;
        span.SetTag("gen_ai.usage.input_tokens", usage.InputTokens);
        span.SetTag("gen_ai.usage.output_tokens", usage.OutputTokens);
        span.SetTag("gen_ai.usage.cache_read.input_tokens", usage.CachedTokens);
        span.SetTag("taskservices.forced_tokens", usage.ForcedTokens);
        if (finishReason is not null)
            span.SetTag("gen_ai.response.finish_reasons", new[] { finishReason });
        if (errorReason is not null)
        {
            span.SetTag("error.type", errorReason);
            span.SetStatus(ActivityStatusCode.Error);
        }

        var start = span.StartTimeUtc;
        AddPart(span, "queue", start, usage.QueueTime ?? usage.Duration);
        if (usage.QueueTime is { } queueTime)
            AddPart(span, "prefill", start + queueTime, usage.PrefillTime ?? usage.Duration - queueTime);
        if (usage.DecodeTime is { } decodeTime)
            AddPart(span, "decode", start + usage.Duration - decodeTime, decodeTime);
        span.SetEndTime(start + usage.Duration);
        span.Stop();
        Activity.Current = current; // Stopping makes the span's former one current, here on another thread.
        sequence.Span = null;
    }

    private static void AddPart(Activity span, string name, DateTime start, TimeSpan duration)
    {
        using var part = Source.StartActivity(name, ActivityKind.Internal, span.Context, startTime: start);
        part?.SetEndTime(start + duration);
    }
}
