namespace TaskServices.Inference.Scheduling;

/// <summary>The engine has more work than it can queue (<c>QUEUE_FULL</c>) or start in time (<c>QUEUE_TIMEOUT</c>).</summary>
/// <param name="reason">The machine-readable reason.</param>
/// <param name="message">One line for the user.</param>
/// <param name="retryAfter">When a new try has a chance, judged by the recent throughput.</param>
public sealed class EngineBusyException(string reason, string message, TimeSpan retryAfter) : InferenceException(reason, message)
{
    /// <summary>Gets how long to wait before the next try.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
