using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace TaskServices.Inference.Tests.Telemetry;

/// <summary>Makes meters of its own and keeps what their instruments measure.</summary>
internal sealed class RecordedMetrics : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly List<Meter> _meters = [];
    private readonly ConcurrentQueue<Recorded> _measurements = [];

    public RecordedMetrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, this))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyCollection<Recorded> All
    {
        get
        {
            _listener.RecordObservableInstruments();
            return _measurements;
        }
    }

    public IReadOnlyList<Recorded> Of(string instrument) => [.. All.Where(recorded => recorded.Instrument == instrument)];

    /// <summary>Sums an instrument's measurements that have all of some tags, written <c>key=value</c>.</summary>
    public double Sum(string instrument, params string[] tags) =>
        Of(instrument).Where(recorded => tags.All(recorded.HasTag)).Sum(recorded => recorded.Value);

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements.Enqueue(new(instrument.Name, instrument.Unit, value, tags.ToArray().ToDictionary()));

    internal sealed record Recorded(string Instrument, string? Unit, double Value, Dictionary<string, object?> Tags)
    {
        public bool HasTag(string tag) => tag.Split('=') is [var key, var value] && Tags.GetValueOrDefault(key) as string == value;
    }
}
