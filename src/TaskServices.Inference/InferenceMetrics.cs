using System.Diagnostics;
using System.Diagnostics.Metrics;
using TaskServices.Inference.Telemetry;

namespace TaskServices.Inference;

/// <summary>
/// The engine's instruments: OpenTelemetry's <c>gen_ai.*</c> (semantic conventions for generative AI, in development) and our own
/// <c>taskservices.inference.*</c>. docs/operations.md has the table.
/// </summary>
/// <remarks>
/// Thread safe. Values of tags are bounded: model, adapter and tenant keep the first <see cref="LabelSet.Capacity"/> names each and call
/// all others <c>other</c>. No tag has text of a prompt or a completion.
/// </remarks>
public sealed class InferenceMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "TaskServices.Inference";

    private readonly LabelSet _labels = new();
    private readonly CostLedger _costs = new();
    private readonly Histogram<double> _requestDuration;
    private readonly Histogram<double> _timeToFirstToken;
    private readonly Histogram<double> _timePerOutputToken;
    private readonly Histogram<long> _tokenUsage;
    private readonly Histogram<double> _queueTime;
    private readonly Histogram<double> _prefillTime;
    private readonly Histogram<double> _decodeTime;
    private readonly Histogram<double> _stepDuration;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _maskDuration;
    private readonly UpDownCounter<int> _queueLength;
    private readonly UpDownCounter<int> _runningRequests;
    private readonly UpDownCounter<int> _sessions;
    private readonly UpDownCounter<long> _prefixCacheUsage;
    private readonly Counter<long> _prefixCacheLookups;
    private readonly Counter<long> _prefixCacheEvictions;
    private readonly Counter<long> _cachedTokens;
    private readonly Counter<long> _forcedTokens;
    private readonly Counter<long> _masks;
    private readonly Counter<long> _draftTokens;
    private readonly Counter<double> _modelTime;
    private readonly Counter<double> _cost;

    /// <param name="meterFactory">Makes the meter; owned by the container.</param>
    public InferenceMetrics(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        var meter = meterFactory.Create(MeterName);
        _requestDuration = Seconds(meter, "gen_ai.server.request.duration", "Time from submission to the end of a request.", Buckets.Request);
        _timeToFirstToken = Seconds(
            meter, "gen_ai.server.time_to_first_token", "Time from submission to the first completion token.", Buckets.FirstToken);
        _timePerOutputToken = Seconds(
            meter, "gen_ai.server.time_per_output_token", "Time per completion token after the first.", Buckets.OutputToken);
        _tokenUsage = meter.CreateHistogram(
            "gen_ai.client.token.usage", "{token}", "Tokens of a request by type: input, output.", null, Buckets.Tokens);
        _queueTime = Seconds(meter, "taskservices.inference.queue.duration", "Time that a request waited for a KV slot.", Buckets.Request);
        _prefillTime = Seconds(meter, "taskservices.inference.prefill.duration", "Time from admission to the end of the prefill.", Buckets.Request);
        _decodeTime = Seconds(meter, "taskservices.inference.decode.duration", "Time from the end of the prefill to the end.", Buckets.Request);
        _stepDuration = Seconds(meter, "taskservices.inference.step.duration", "Time of one model run by type: decode, extend.", Buckets.Step);
        _batchSize = meter.CreateHistogram(
            "taskservices.inference.batch.size", "{row}", "Rows of one decode step.", null, Buckets.Rows);
        _maskDuration = Seconds(
            meter, "taskservices.inference.grammar.mask.duration", "Time to write one grammar mask.", Buckets.Mask);
        _masks = meter.CreateCounter<long>(
            "taskservices.inference.grammar.masks", "{mask}", "Grammar masks by where they came from: hit (cache), miss (built).");
        _forcedTokens = meter.CreateCounter<long>(
            "taskservices.inference.grammar.forced_tokens", "{token}", "Completion tokens that a grammar forced, so that no step was run for them.");
        _queueLength = meter.CreateUpDownCounter<int>("taskservices.inference.queue.length", "{request}", "Requests that wait for a KV slot.");
        _runningRequests = meter.CreateUpDownCounter<int>(
            "taskservices.inference.running.requests", "{request}", "Requests that hold a KV slot.");
        _sessions = meter.CreateUpDownCounter<int>(
            "taskservices.inference.sessions", "{session}", "Loaded models by execution provider and the reason of a fallback to it.");
        _prefixCacheUsage = meter.CreateUpDownCounter<long>(
            "taskservices.inference.prefix_cache.usage", "By", "KV bytes that the prefix cache holds.");
        _prefixCacheLookups = meter.CreateCounter<long>(
            "taskservices.inference.prefix_cache.lookups", "{request}", "Requests with a prefix worth keeping, by result: hit, miss.");
        _prefixCacheEvictions = meter.CreateCounter<long>(
            "taskservices.inference.prefix_cache.evictions", "{prefix}", "Prefixes put out to stay under the memory budget.");
        _cachedTokens = meter.CreateCounter<long>(
            "taskservices.inference.prompt.cached_tokens", "{token}", "Prompt tokens whose KV was reused, a part of input tokens.");
        _draftTokens = meter.CreateCounter<long>(
            "taskservices.inference.speculation.draft_tokens", "{token}", "Drafted tokens by result: accepted, rejected.");
        _modelTime = meter.CreateCounter<double>(
            "taskservices.inference.model_time", "s", "Time of model runs, shared evenly by the rows of a run.");
        _cost = meter.CreateCounter<double>(
            "taskservices.inference.cost", "{currency}", "Model time at the machine's cost, in the currency of that setting.");
        meter.CreateObservableGauge(
            "taskservices.inference.cost_per_1000_tokens", _costs.Observe, "{currency}", "Cost since the start of 1,000 input and output tokens.");
    }

    /// <summary>Counts a loaded model.</summary>
    /// <param name="change">1 when it is loaded, -1 when it is freed.</param>
    /// <param name="fallbackReason">Why the CPU is used although a device was allowed or asked for, or null.</param>
    internal void RecordSession(string model, int change, string executionProvider, string? fallbackReason) => _sessions.Add(
        change,
        new("gen_ai.request.model", _labels.Model(model)),
        new("execution_provider", executionProvider),
        new("fallback_reason", fallbackReason ?? LabelSet.None));

    internal void RecordQueueLength(string model, int change) => _queueLength.Add(change, Model(model));

    internal void RecordAdmission(string model) => _runningRequests.Add(1, Model(model));

    internal void RecordReuse(in RequestLabels request, int promptTokens, int reusedTokens, int keptTokens)
    {
        var tags = Tags(request);
        _cachedTokens.Add(reusedTokens, tags);
        if (keptTokens == 0)
            return;
        tags.Add("result", reusedTokens >= Math.Min(keptTokens, promptTokens - Scheduling.RunLength.Shortest) ? "hit" : "miss");
        _prefixCacheLookups.Add(1, tags);
    }

    internal void RecordEnd(in RequestLabels request, in RequestUsage usage, string? finishReason, string? errorReason)
    {
        var tags = Tags(request);
        if (usage.QueueTime is { } queueTime)
        {
            _runningRequests.Add(-1, Model(request.Model));
            _queueTime.Record(queueTime.TotalSeconds, tags);
            _modelTime.Add(usage.ModelTime.TotalSeconds, tags);
            _forcedTokens.Add(usage.ForcedTokens, tags);
            RecordTokens(tags, usage);
        }

        if (usage.PrefillTime is { } prefillTime)
            _prefillTime.Record(prefillTime.TotalSeconds, tags);
        if (usage.DecodeTime is { } decodeTime)
            _decodeTime.Record(decodeTime.TotalSeconds, tags);
        if (usage.TimeToFirstToken is { } timeToFirstToken)
            _timeToFirstToken.Record(timeToFirstToken.TotalSeconds, tags);
        if (usage.TimePerOutputToken is { } timePerOutputToken)
            _timePerOutputToken.Record(timePerOutputToken.TotalSeconds, tags);
        if (finishReason is not null)
            tags.Add("gen_ai.response.finish_reason", finishReason);
        if (errorReason is not null)
            tags.Add("error.type", errorReason);
        _requestDuration.Record(usage.Duration.TotalSeconds, tags);
    }

    internal void RecordDecodeStep(string model, int rows, TimeSpan duration)
    {
        _batchSize.Record(rows, Model(model));
        _stepDuration.Record(duration.TotalSeconds, Model(model), new("step.type", "decode"));
    }

    internal void RecordExtendStep(string model, TimeSpan duration) =>
        _stepDuration.Record(duration.TotalSeconds, Model(model), new("step.type", "extend"));

    internal void RecordPrefixCacheUsage(string model, long bytesChange) => _prefixCacheUsage.Add(bytesChange, Model(model));

    internal void RecordPrefixCacheEvictions(string model, int count) => _prefixCacheEvictions.Add(count, Model(model));

    internal void RecordMask(string model, TimeSpan duration, bool isCached)
    {
        _maskDuration.Record(duration.TotalSeconds, Model(model));
        _masks.Add(1, Model(model), new("result", isCached ? "hit" : "miss"));
    }

    internal void RecordSpeculation(string model, int drafted, int accepted)
    {
        _draftTokens.Add(accepted, Model(model), new("result", "accepted"));
        _draftTokens.Add(drafted - accepted, Model(model), new("result", "rejected"));
    }

    private static Histogram<double> Seconds(Meter meter, string name, string description, InstrumentAdvice<double> buckets) =>
        meter.CreateHistogram(name, "s", description, null, buckets);

    private void RecordTokens(in TagList tags, in RequestUsage usage)
    {
        var withType = tags;
        withType.Add("gen_ai.token.type", "input");
        _tokenUsage.Record(usage.InputTokens, withType);
        if (usage.OutputTokens is { } outputTokens)
        {
            withType[^1] = new("gen_ai.token.type", "output");
            _tokenUsage.Record(outputTokens, withType);
        }

        if (usage.CostPerHour <= 0)
            return;
        var cost = usage.ModelTime.TotalHours * usage.CostPerHour;
        _cost.Add(cost, tags);
        _costs.Add(tags, cost, usage.InputTokens + (usage.OutputTokens ?? 0));
    }

    private TagList Tags(in RequestLabels request) =>
    [
        new("gen_ai.operation.name", request.Operation),
        new("gen_ai.provider.name", "taskservices"),
        Model(request.Model),
        new("taskservices.adapter", _labels.Adapter(request.Adapter)),
        new("taskservices.tenant", _labels.Tenant(request.Tenant)),
    ];

    private KeyValuePair<string, object?> Model(string model) => new("gen_ai.request.model", _labels.Model(model));
}
