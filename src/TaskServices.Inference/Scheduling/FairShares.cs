namespace TaskServices.Inference.Scheduling;

/// <summary>
/// Orders waiting requests so that tenants share the engine evenly: start-time fair queueing (Goyal, Vin, Cheng, 1996) over the tokens that
/// requests may use. One tenant alone is served first in, first out; a tenant with many requests does not delay one with few.
/// </summary>
/// <remarks>Not thread safe.</remarks>
internal sealed class FairShares
{
    private const int MostTenants = 1024;

    /// <summary>Where the last request of each tenant ends, on the common clock of started requests.</summary>
    private readonly Dictionary<string, long> _ends = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Gives a request its place; requests start in the order of their places.</summary>
    /// <param name="tokens">The tokens that the request may use.</param>
    public long Reserve(string? tenant, long tokens)
    {
        if (_ends.Count >= MostTenants)
            Forget();
        tenant ??= "";
        var start = Math.Max(_clock, _ends.GetValueOrDefault(tenant));
        _ends[tenant] = start + tokens;
        return start;
    }

    /// <summary>Moves the clock to the place of a request that starts.</summary>
    public void Start(long place) => _clock = Math.Max(_clock, place);

    /// <summary>Begins anew; nothing waits.</summary>
    public void Clear()
    {
        _ends.Clear();
        _clock = 0;
    }

    private void Forget()
    {
        foreach (var (tenant, end) in _ends)
        {
            if (end <= _clock)
                _ends.Remove(tenant);
        }
    }
}
