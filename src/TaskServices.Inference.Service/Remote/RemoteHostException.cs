namespace TaskServices.Inference.Service.Remote;

/// <summary>The host cannot be used at the moment: it is away, it is loading, or it stops.</summary>
/// <param name="retryAfter">When a new try has a chance, or null where nobody knows.</param>
internal sealed class RemoteHostException(string reason, string message, TimeSpan? retryAfter, Exception? innerException = null)
    : InferenceException(reason, message, innerException)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
