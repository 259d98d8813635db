using System.Diagnostics.Metrics;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tests.Models;

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
        using var meters = new ListenedMeters();
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

    /// <summary>Makes meters whose instruments are all listened to, without keeping anything.</summary>
    private sealed class ListenedMeters : IMeterFactory
    {
        private readonly MeterListener _listener = new();

        public ListenedMeters()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, this))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((_, _, _, _) => { });
            _listener.SetMeasurementEventCallback<long>((_, _, _, _) => { });
            _listener.SetMeasurementEventCallback<double>((_, _, _, _) => { });
            _listener.Start();
        }

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            return new Meter(options);
        }

        public void Dispose() => _listener.Dispose();
    }
}
