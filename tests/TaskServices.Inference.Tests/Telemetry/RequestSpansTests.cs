using System.Collections.Concurrent;
using System.Diagnostics;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Telemetry;
using TaskServices.Inference.Tests.Scheduling;

namespace TaskServices.Inference.Tests.Telemetry;

public sealed class RequestSpansTests : IDisposable
{
    private readonly ActivitySource _callers = new("TaskServices.Tests");
    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public RequestSpansTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == InferenceTracing.SourceName || source == _callers,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _callers.Dispose();
    }

    [Fact]
    public async Task GenerateAsync_UnderASpan_AddsTheRequestsSpanAndItsParts()
    {
        await using var engine = new InferenceEngine(
            new FakeModelSession(2, 100), new FakeTokenizer(), new InferenceOptions { ModelName = "fake" }, createMatcher: FakeGrammar.Create);
        using var caller = _callers.StartActivity("caller")!;
        var completion = await engine.GenerateAsync(
            InferenceEngineTests.NoEnd([1, 2, 3, 4], 6) with { Tenant = "a", Sampling = new(0.5, 0.9, 7) }, TestToken);
        Assert.Same(caller, Activity.Current);
        var spans = _ended.Where(span => span.TraceId == caller.TraceId).ToList();
        var request = Assert.Single(spans, span => span.DisplayName == "text_completion fake");
        Assert.Equal(caller.SpanId, request.ParentSpanId);
        Assert.Equal(["queue", "prefill", "decode"], spans.Where(span => span.ParentSpanId == request.SpanId).Select(span => span.DisplayName));
        Assert.Equal("text_completion", request.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("fake", request.GetTagItem("gen_ai.request.model"));
        Assert.Equal(4, request.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(completion.TokenIds.Count, request.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal("a", request.GetTagItem("taskservices.tenant"));
        Assert.Equal(["length"], (string[])request.GetTagItem("gen_ai.response.finish_reasons")!);
        Assert.Equal(ActivityStatusCode.Unset, request.Status);

        // The parts follow one another and fill the request.
        var parts = spans.Where(span => span.ParentSpanId == request.SpanId).ToList();
        Assert.Equal(request.StartTimeUtc, parts[0].StartTimeUtc);
        Assert.Equal(request.Duration.TotalMilliseconds, parts.Sum(part => part.Duration.TotalMilliseconds), tolerance: 0.01);
        Assert.All(parts.Zip(parts.Skip(1)), pair => Assert.True(pair.First.StartTimeUtc + pair.First.Duration <= pair.Second.StartTimeUtc.AddTicks(2)));
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_EndsTheSpanWithAnError()
    {
        await using var engine = new InferenceEngine(new FakeModelSession(1, 100), new FakeTokenizer(), new InferenceOptions());
        using var caller = _callers.StartActivity("caller")!;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => engine.GenerateAsync(InferenceEngineTests.NoEnd([1, 2], 6), new CancellationToken(true)));
        var request = Assert.Single(_ended, span => span.ParentSpanId == caller.SpanId);
        Assert.Equal("CANCELLED", request.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, request.Status);
    }

    [Fact]
    public async Task ScoreAsync_UnderASpan_AddsASpan()
    {
        await using var engine = new InferenceEngine(new FakeModelSession(1, 100), new FakeTokenizer(), new InferenceOptions { ModelName = "fake" });
        using var caller = _callers.StartActivity("caller")!;
        await engine.ScoreAsync([1, 2, 3], [[4, 5], [6]], TestToken);
        Assert.Equal("score fake", Assert.Single(_ended, span => span.ParentSpanId == caller.SpanId).DisplayName);
    }
}
