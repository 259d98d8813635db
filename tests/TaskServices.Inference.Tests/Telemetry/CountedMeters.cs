using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace TaskServices.Inference.Tests.Telemetry;

/// <summary>Makes meters of its own and sums what each instrument measures, without allocating for a measurement.</summary>
internal sealed class CountedMeters : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, StrongBox> _sums = new();

    public CountedMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, this))
                listener.EnableMeasurementEvents(instrument, _sums.GetOrAdd(instrument.Name, _ => new StrongBox()));
        };
        _listener.SetMeasurementEventCallback<int>((_, value, _, state) => Add(state, value));
        _listener.SetMeasurementEventCallback<long>((_, value, _, state) => Add(state, value));
        _listener.SetMeasurementEventCallback<double>((_, value, _, state) => Add(state, value));
        _listener.Start();
    }

    public double Sum(string instrument) => _sums[instrument].Value;

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        return new Meter(options);
    }

    public void Dispose() => _listener.Dispose();

    private static void Add(object? state, double value)
    {
        var sum = (StrongBox)state!;
        lock (sum)
            sum.Value += value;
    }

    private sealed class StrongBox
    {
        public double Value { get; set; }
    }
}
