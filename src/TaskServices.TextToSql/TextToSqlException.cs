namespace TaskServices.TextToSql;

/// <summary>A failure that the user can act on: no such database, a locked file, a time-out. Its text is safe to show.</summary>
/// <param name="reason">Machine-readable reason in UPPER_SNAKE_CASE, for example <c>DATABASE_NOT_FOUND</c>.</param>
/// <param name="message">One line: names the field or file and says what to do. Never an engine's own error text.</param>
public class TextToSqlException(string reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Gets the machine-readable reason.</summary>
    public string Reason { get; } = reason;
}
