namespace TaskServices.Inference;

/// <summary>A failure that the user can act on: a bad model file, a full disk, an unknown adapter.</summary>
/// <param name="reason">Machine-readable reason in UPPER_SNAKE_CASE, for example <c>MODEL_FILE_TRUNCATED</c>.</param>
/// <param name="message">One line: names the file, the field and the offset, and says what to do.</param>
public class InferenceException(string reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Gets the machine-readable reason.</summary>
    public string Reason { get; } = reason;
}
