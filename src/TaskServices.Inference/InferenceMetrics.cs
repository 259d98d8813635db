using System.Diagnostics;
using System.Diagnostics.Metrics;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference;

/// <summary>The engine's instruments: OpenTelemetry's <c>gen_ai.server.*</c> and our own <c>taskservices.inference.*</c>.</summary>
/// <remarks>Thread safe. Tags are bounded: model, finish reason or error reason, step type.</remarks>
public sealed class InferenceMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "TaskServices.Inference";

    private readonly Histogram<double> _requestDuration;
    private readonly Histogram<double> _timeToFirstToken;
    private readonly Histogram<double> _timePerOutputToken;
    private readonly Histogram<double> _queueTime;
    private readonly Histogram<double> _stepDuration;
    private readonly Histogram<int> _batchSize;
    private readonly UpDownCounter<int> _queueLength;
    private readonly UpDownCounter<int> _runningRequests;
    private readonly UpDownCounter<long> _prefixCacheUsage;
    private readonly Counter<long> _prefixCacheLookups;
    private readonly Counter<long> _promptTokens;
    private readonly Counter<long> _reusedPromptTokens;
    private readonly Counter<long> _completionTokens;
    private readonly Counter<long> _forcedTokens;
    private readonly Counter<long> _grammarRejections;
    private readonly Counter<long> _draftTokens;
    private readonly Counter<long> _acceptedDraftTokens;

    /// <param name="meterFactory">Makes the meter; owned by the container.</param>
    public InferenceMetrics(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        var meter = meterFactory.Create(MeterName);
        InstrumentAdvice<double> durations = new() { HistogramBucketBoundaries = [.. Enumerable.Range(0, 14).Select(i => 0.01 * (1 << i))] };
        _requestDuration = meter.CreateHistogram(
            "gen_ai.server.request.duration", "s", "Time from submission to the end of a request.", null, durations);
        _timeToFirstToken = meter.CreateHistogram(
            "gen_ai.server.time_to_first_token",
            "s",
            "Time from admission to the first completion token.",
            null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
            });
        _timePerOutputToken = meter.CreateHistogram(
            "gen_ai.server.time_per_output_token",
            "s",
            "Time per completion token after the first.",
            null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
            });
        _queueTime = meter.CreateHistogram(
            "taskservices.inference.queue.duration", "s", "Time that a request waited for a KV slot.", null, durations);
        _stepDuration = meter.CreateHistogram(
            "taskservices.inference.step.duration",
            "s",
            "Time of one model run.",
            null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56],
            });
        _batchSize = meter.CreateHistogram(
            "taskservices.inference.batch.size",
            "{row}",
            "Rows of one decode step.",
            null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128] });
        _queueLength = meter.CreateUpDownCounter<int>("taskservices.inference.queue.length", "{request}", "Requests that wait for a KV slot.");
        _runningRequests = meter.CreateUpDownCounter<int>(
            "taskservices.inference.running.requests", "{request}", "Requests that hold a KV slot.");
        _prefixCacheUsage = meter.CreateUpDownCounter<long>(
            "taskservices.inference.prefix_cache.usage", "By", "KV bytes that the prefix cache holds.");
        _prefixCacheLookups = meter.CreateCounter<long>(
            "taskservices.inference.prefix_cache.lookups", "{request}", "Requests with a prefix worth keeping, by result: hit, miss.");
        _promptTokens = meter.CreateCounter<long>("taskservices.inference.prompt.tokens", "{token}", "Prompt tokens of admitted requests.");
        _reusedPromptTokens = meter.CreateCounter<long>(
            "taskservices.inference.prompt.reused_tokens", "{token}", "Prompt tokens whose KV was reused.");
        _completionTokens = meter.CreateCounter<long>(
            "taskservices.inference.completion.tokens", "{token}", "Completion tokens of finished requests.");
        _forcedTokens = meter.CreateCounter<long>(
            "taskservices.inference.grammar.forced_tokens", "{token}", "Completion tokens that a grammar forced.");
        _grammarRejections = meter.CreateCounter<long>(
            "taskservices.inference.grammar.rejections", "{token}", "Greedy tokens that a grammar refused, so that a mask was built.");
        _draftTokens = meter.CreateCounter<long>("taskservices.inference.speculation.draft_tokens", "{token}", "Drafted tokens.");
        _acceptedDraftTokens = meter.CreateCounter<long>(
            "taskservices.inference.speculation.accepted_tokens", "{token}", "Drafted tokens that the model confirmed.");
    }

    internal void RecordQueueLength(string model, int change) => _queueLength.Add(change, Model(model));

    internal void RecordAdmission(string model, int promptTokens, TimeSpan queueTime)
    {
        var tag = Model(model);
        _runningRequests.Add(1, tag);
        _queueTime.Record(queueTime.TotalSeconds, tag);
        _promptTokens.Add(promptTokens, tag);
    }

    internal void RecordReuse(string model, int promptTokens, int reusedTokens, int keptTokens)
    {
        var tag = Model(model);
        _reusedPromptTokens.Add(reusedTokens, tag);
        if (keptTokens > 0)
            _prefixCacheLookups.Add(1, tag, new("result", reusedTokens >= Math.Min(keptTokens, promptTokens - 1) ? "hit" : "miss"));
    }

    internal void RecordEnd(string model, bool admitted, TimeSpan duration, string? finishReason, string? errorReason)
    {
        if (admitted)
            _runningRequests.Add(-1, Model(model));
        var tags = new TagList { Model(model), new("gen_ai.operation.name", "text_completion") };
        if (finishReason is not null)
            tags.Add("gen_ai.response.finish_reasons", finishReason);
        if (errorReason is not null)
            tags.Add("error.type", errorReason);
        _requestDuration.Record(duration.TotalSeconds, tags);
    }

    internal void RecordCompletion(string model, Completion completion)
    {
        var tag = Model(model);
        _completionTokens.Add(completion.TokenIds.Count, tag);
        _forcedTokens.Add(completion.ForcedTokenCount, tag);
        if (completion.TokenIds.Count > 0)
            _timeToFirstToken.Record(completion.TimeToFirstToken.TotalSeconds, tag);
        if (completion.TokenIds.Count > 1)
        {
            var rest = completion.Duration - completion.QueueTime - completion.TimeToFirstToken;
            _timePerOutputToken.Record(rest.TotalSeconds / (completion.TokenIds.Count - 1), tag);
        }
    }

    internal void RecordDecodeStep(string model, int rows, TimeSpan duration)
    {
        _batchSize.Record(rows, Model(model));
        _stepDuration.Record(duration.TotalSeconds, Model(model), new("step.type", "decode"));
    }

    internal void RecordExtendStep(string model, TimeSpan duration) =>
        _stepDuration.Record(duration.TotalSeconds, Model(model), new("step.type", "extend"));

    internal void RecordPrefixCacheUsage(string model, long bytesChange) => _prefixCacheUsage.Add(bytesChange, Model(model));

    internal void RecordGrammarRejection(string model) => _grammarRejections.Add(1, Model(model));

    internal void RecordSpeculation(string model, int drafted, int accepted)
    {
        _draftTokens.Add(drafted, Model(model));
        _acceptedDraftTokens.Add(accepted, Model(model));
    }

    private static KeyValuePair<string, object?> Model(string model) => new("gen_ai.request.model", model);
}
