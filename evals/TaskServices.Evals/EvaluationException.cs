namespace TaskServices.Evals;

/// <summary>A failure that the user can act on: a missing file, a bad line, a run folder made with other settings.</summary>
/// <param name="reason">Machine-readable reason in UPPER_SNAKE_CASE, for example <c>DATASET_LINE_INVALID</c>.</param>
/// <param name="message">One line that names the file, the line or field, and what to do.</param>
public sealed class EvaluationException(string reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Gets the machine-readable reason.</summary>
    public string Reason { get; } = reason;
}
