using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tests.Models;
using TaskServices.Inference.Tests.Telemetry;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>The steady state: what a decode step allocates, measured on the engine's thread with the bundled model.</summary>
public sealed class AllocationTests(BundledModel model, ITestOutputHelper output) : IClassFixture<BundledModel>
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Step_SteadyState_AllocatesNothingOfOurOwn(int rows)
    {
        var session = new MeteringSession(model.Open(rows));
        using var meters = new CountedMeters();
        await using var engine = new InferenceEngine(
            session, new FakeTokenizer(session.VocabularySize), new InferenceOptions(), new InferenceMetrics(meters));
        var requests = Enumerable.Range(0, rows).Select(row => InferenceEngineTests.NoEnd([1, 2, 3, row], 60));
        await Task.WhenAll(requests.Select(request => engine.GenerateAsync(request, TestContext.Current.CancellationToken)));
        // The first steps fill caches and compile, in the last ones requests end.
        var steady = 25..50;
        var (own, whole) = (session.BetweenRuns.Take(steady).Sum(), session.InRuns.Take(steady).Max());
        output.WriteLine($"{rows} rows: {own} bytes of our own in 25 steps, {whole} bytes a step in the session.");
        Assert.Equal(0, own);
        Assert.InRange(whole, 0, 4096);
    }
}
