namespace TaskServices.InvoiceOcr;

/// <summary>A failure that the user can act on: a damaged file, a limit, a missing reader. Its text is safe to show.</summary>
/// <param name="reason">Machine-readable reason in UPPER_SNAKE_CASE, for example <c>DOCUMENT_ENCRYPTED</c>.</param>
/// <param name="message">One line: names the file or field and says what to do. Never a decoder's own error text.</param>
public class InvoiceOcrException(string reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Gets the machine-readable reason.</summary>
    public string Reason { get; } = reason;
}
