namespace TaskServices.Benchmarks;

/// <summary>A failure that the user can act on: a missing program, a model that a contender cannot run.</summary>
/// <param name="reason">Machine-readable reason in UPPER_SNAKE_CASE, for example <c>PEER_UNAVAILABLE</c>.</param>
/// <param name="message">One line that says what to do.</param>
public sealed class BenchmarkException(string reason, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Gets the machine-readable reason.</summary>
    public string Reason { get; } = reason;
}
