namespace TaskServices.ServiceDefaults.Loading;

/// <summary>Says why the server stopped itself while loading. Safe for use from several threads.</summary>
public sealed class LoadFailure
{
    private Exception? _first;

    /// <summary>Gets what went wrong first, or null.</summary>
    public Exception? First => Volatile.Read(ref _first);

    internal void Report(Exception exception) => Interlocked.CompareExchange(ref _first, exception, null);
}
