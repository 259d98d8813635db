namespace TaskServices.TextToSql.Audit;

/// <summary>The audit log cannot be written or continued, so nothing is executed. Reason <c>AUDIT_FAILED</c>.</summary>
/// <param name="message">One line that names the file and says what to do.</param>
public sealed class AuditException(string message, Exception? innerException = null) : TextToSqlException("AUDIT_FAILED", message, innerException);
