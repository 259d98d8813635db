using TaskServices.Benchmarks.Contenders;

namespace TaskServices.Benchmarks.Inference;

/// <summary>A contender in one of its two forms, bare or with an adapter, and what was measured of it.</summary>
internal sealed class Side(string name, Func<Contender> start, LoadSettings settings, bool isPeer, bool hasAdapter) : IDisposable
{
    private readonly Dictionary<string, List<double>> _samples = [];

    private Contender? _contender;

    public bool IsPeer => isPeer;

    public bool HasAdapter => hasAdapter;

    /// <summary>Gets what runs and in which version.</summary>
    public string Description { get; private set; } = string.Empty;

    /// <summary>Starts the contender's process anew and loads the model.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _contender?.Dispose();
        _contender = start();
        var answer = await AskAsync(new WorkerCommand("load") { Load = settings }, cancellationToken);
        Description = $"{name}: {answer.Description}";
        if (!hasAdapter)
        {
            Add(Metric.Load, answer.Seconds);
        }
    }

    public Task<WorkerAnswer> AskAsync(WorkerCommand command, CancellationToken cancellationToken) => _contender!.AskAsync(command, cancellationToken);

    public void Add(Metric metric, double value)
    {
        var key = (hasAdapter ? metric.WithAdapter : metric).Name;
        if (!_samples.TryGetValue(key, out var samples))
        {
            _samples.Add(key, samples = []);
        }

        samples.Add(value);
    }

    /// <summary>Gives the median of what was measured, or null where nothing was.</summary>
    public double? Median(Metric metric)
    {
        if (!_samples.TryGetValue(metric.Name, out var samples))
        {
            return null;
        }

        var sorted = samples.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public void Dispose() => _contender?.Dispose();
}
